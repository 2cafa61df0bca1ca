import { expect, test } from '@jest/globals';
import { commandIn, headOf, pagesOf } from '../../shared/notify/topic-message.ts';

test.each<[object, { readonly title: string; readonly about: string }]>([
  [
    {
      title: 'Remediated',
      severity: 'HIGH',
      actionRequired: false,
      region: 'eu-west-1',
      account: { alias: 'acme' },
      resource: { id: 'sg-1', name: 'web' },
    },
    { title: '\u{1f7e0} Remediated: web', about: 'HIGH · no action required · eu-west-1 · acme' },
  ],
  [
    { subject: 'Paused', actionRequired: true, resource: { id: 'sg-1' } },
    { title: 'Paused: sg-1', about: 'action required' },
  ],
  [
    { severity: 'constructor', actionRequired: { toString: 0 }, region: 7, account: [] },
    { title: 'Notification', about: 'constructor' },
  ],
])('the head of %j', (message, head) => expect(headOf(message as never)).toEqual(head));

test.each<[string, ReturnType<typeof commandIn>]>([
  ['Undo:  npx evenkeel undo rem-1', { label: 'Undo:', command: 'npx evenkeel undo rem-1' }],
  ['  npx evenkeel findings', { label: '', command: 'npx evenkeel findings' }],
  ['  aws logs tail x', { label: '', command: 'aws logs tail x' }],
  ['Open to the world: tcp 22', null],
  ['run npx evenkeel undo rem-1', null],
])('the command of %j', (line, command) => expect(commandIn(line)).toEqual(command));

test('pages are named by their controls where there are several, each once, and no more than three', () => {
  const page = (controlId: string) => ({ controlId, controlPage: `https://wiki.example/${controlId}` });
  const label = (id: string) => [`https://wiki.example/${id}`, `About ${id}`];
  expect(pagesOf({ findings: [page('a'), page('a')], groups: 'x' })).toEqual([
    ['https://wiki.example/a', 'About the control'],
  ]);
  expect(pagesOf({ findings: [page('a')], groups: [page('b'), null, page('c'), page('d')] })).toEqual(
    ['a', 'b', 'c'].map(label),
  );
  expect(pagesOf({ groups: [page('a'), { ...page('b'), controlId: 'B <@U1>' }] })[1]?.[1]).toBe('About the control');
  expect(pagesOf({ findings: [{ controlPage: null }] })).toEqual([]);
});
