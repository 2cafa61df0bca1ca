import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { entryOf } from '../../../shared/cli/output/entry.ts';
import { findingsPage } from '../../../shared/cli/output/page.ts';
import { resultWithoutResource } from '../../../shared/result.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';
import { anyEntry, entry, FACTS, hostileText, UNSAFE } from '../../support/entries.ts';

const TALLY = new Map([['detected', 2] as const, ['compliant', 7] as const]);
const page = (entries: readonly ReturnType<typeof entry>[], facts = FACTS) => findingsPage(entries, TALLY, facts);
/** Without the words of a command apart. */
const text = (html: string) => html.replaceAll(/<\/?span>/g, '');

describe('a page of findings', () => {
  test('what was looked at, the counts, and each finding with what to do', () => {
    const shown = text(page([entry({}, { name: 'web' }), entry({ outcome: 'remediated', remediationId: 'rem-1' })]));
    for (const one of [
      '<dd><bdi>npx evenkeel findings</bdi></dd>',
      '<dd><bdi>111122223333</bdi></dd>',
      '<b>2</b><span class="sev sev-critical">▲▲ CRITICAL',
      '2 detected, 7 compliant',
      `${ADMIN_PORTS}. By hand: `,
      '<td><bdi>sg-1</bdi><small><bdi>web</bdi></small><small>eu-west-1</small></td>',
      '<bdi>Open to the world: tcp 22 from 0.0.0.0/0.</bdi><small>ec2:RevokeSecurityGroupIngress</small>',
      `<code class="command">npx evenkeel sweep --control ${ADMIN_PORTS} --stack mine</code>`,
      '<code class="command">npx evenkeel undo rem-1 --stack mine</code>',
    ])
      expect(shown).toContain(one.replaceAll(/<\/?span>/g, ''));
    expect(shown).not.toContain('First seen');
  });

  test('since when, where the ledger knows it', () => {
    const shown = page([entry({}, { firstSeen: '2026-11-01T08:07:06.000Z' })]);
    expect(shown).toContain('First seen');
    expect(shown).toContain('2026-11-01 08:07');
  });

  test('the step is that of the state: approval, a pause, what could not be looked at, nothing', () => {
    const pauses = [{ control: null, by: 'jo', reason: 'release', at: '2026-11-01T00:00:00.000Z' }];
    const unlisted = resultWithoutResource(
      { eventId: null, eventName: 'Sweep' },
      { outcome: 'failed', error: 'AccessDeniedException: no', accountId: '1', region: 'eu-west-1' },
    );
    const waiting = entry({ outcome: 'awaitingApproval', remediationId: 'rem-2' });
    const shown = (one: ReturnType<typeof entry>) => text(page([one], { ...FACTS, pauses }));
    expect(shown(waiting)).toContain('npx evenkeel approve rem-2 --stack mine');
    expect(shown(entry({ outcome: 'halted' }))).toContain('npx evenkeel resume --look --stack mine');
    expect(shown(entryOf(unlisted))).toContain('npx evenkeel doctor --stack mine');
    expect(shown(entryOf(unlisted))).toMatch(/<h3> Not evaluated \(1\)<\/h3>.*<td><bdi>no<\/bdi>/s);
    expect(shown(entry({ outcome: 'compliant' }))).not.toContain('class="command"');
    expect(findingsPage([], new Map(), FACTS)).toContain('Nothing is wrong');
  });

  test('needs nothing beside itself', () => {
    const shown = page([entry()]);
    expect(shown).toContain('default-src &#39;none&#39;; style-src &#39;sha256-');
    expect(shown).not.toMatch(
      /<(script|img|link|iframe|object|embed|form|base|use)\b|\son\w+=|\bstyle="|@import|url\((?!#)|\bhref=/i,
    );
  });
});

/** The page's elements and the names of their attributes; the words of a command are as many as it has. */
const skeleton = (shown: string) =>
  [...text(shown).matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));

test('no text of a stranger becomes markup, or an attribute, or is unsafe', () => {
  const plain = (one: Parameters<typeof entry>[0]) => ({
    ...one,
    ...Object.fromEntries(
      ['resourceType', 'resourceId', 'annotation', 'error', 'remediationId'].map((key) => {
        const value = one?.[key as 'error'] ?? null;
        return [key, value === null || value === '' ? value : 'x'];
      }),
    ),
    steps: (one?.steps ?? []).slice(0, 1).map(() => ({ service: 'x', operation: 'x', input: {} })),
  });
  fc.assert(
    fc.property(anyEntry, hostileText, (one, given) => {
      const hostile = `<b onclick="x">'${given}`;
      const facts = {
        ...FACTS,
        command: hostile,
        account: hostile,
        policy: hostile,
        ledger: hostile,
        regions: hostile,
      };
      const shown = findingsPage([one], TALLY, { ...facts, flags: hostile });
      expect(shown).not.toMatch(UNSAFE);
      const same = { ...one, name: one.name === null ? null : 'x', result: plain(one.result) as typeof one.result };
      expect(skeleton(shown)).toEqual(skeleton(findingsPage([same], TALLY, { ...FACTS, flags: 'x' })));
    }),
  );
});
