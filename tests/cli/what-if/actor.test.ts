import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attributionOf } from '../../../shared/attribution.ts';
import { actorOf } from '../../../shared/cli/what-if/actor.ts';

const of = (actor: string | null) => actorOf({ actor, sourceIp: null, userAgent: null, tool: null });

test.each([
  ['arn:aws:iam::111122223333:user/ops/ann', 'person', 'ann'],
  ['arn:aws:sts::111122223333:federated-user/bob', 'person', 'bob'],
  [
    'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/jo@example.com',
    'person',
    'jo@example.com',
  ],
  ['arn:aws:sts::111122223333:assumed-role/Deploy/aws-go-sdk-1722375070115152000', 'role', 'Deploy'],
  ['arn:aws-cn:sts::111122223333:assumed-role/Deploy/GitHubActions', 'role', 'Deploy'],
  ['arn:aws:iam::111122223333:root', 'root', 'root user'],
  ['autoscaling.amazonaws.com', 'service', 'autoscaling.amazonaws.com'],
  ['AWSAccount', 'unknown', 'AWSAccount'],
  [null, 'unknown', 'unknown'],
])('%s is %s %s', (actor, kind, name) => {
  expect(of(actor)).toEqual({ kind, name, tool: null });
});

test('the tool is what the record says of itself', () => {
  const record = {
    userIdentity: { arn: 'arn:aws:iam::111122223333:user/ci' },
    userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0',
  };
  expect(actorOf(attributionOf(record))).toEqual({ kind: 'person', name: 'ci', tool: 'Terraform' });
  expect(actorOf(null)).toEqual({ kind: 'unknown', name: 'unknown', tool: null });
});

test('any text is somebody, in a few characters', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 400 }),
      fc.constantFrom('', 'arn:aws:sts::111122223333:assumed-role/', 'arn:aws:iam::1:user/'),
      (text, before) => {
        const { name } = of(before + text);
        expect(name.length).toBeLessThanOrEqual(128);
        if (text !== '') expect(name).not.toBe('');
      },
    ),
  );
});
