import fc from 'fast-check';
import { type Entry, entryOf } from '../../shared/cli/output/entry.ts';
import type { PageFacts } from '../../shared/cli/output/page.ts';
import { SEVERITIES } from '../../shared/control.ts';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { OUTCOMES, type Result, resultWithoutResource } from '../../shared/result.ts';
import { ADMIN_PORTS } from './drift.ts';

/** A finding of an open group, unless something else is said. */
export const entry = (result: Partial<Result> = {}, more: Partial<Entry> = {}): Entry => ({
  ...entryOf(
    resultWithoutResource(
      { eventId: null, eventName: 'Sweep' },
      {
        outcome: 'detected',
        controlId: ADMIN_PORTS,
        severity: 'CRITICAL',
        resourceType: 'AWS::EC2::SecurityGroup',
        resourceId: 'sg-1',
        accountId: '111122223333',
        region: 'eu-west-1',
        before: 'NON_COMPLIANT',
        after: 'NON_COMPLIANT',
        annotation: 'Open to the world: tcp 22 from 0.0.0.0/0.',
        mode: 'detect',
        steps: [{ service: 'ec2', operation: 'RevokeSecurityGroupIngress', input: { GroupId: 'sg-1' } }],
        ...result,
      },
    ),
  ),
  ...more,
});

/** Texts as a stranger would choose them: control characters, marks of direction, formulas, markup. */
export const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\x1b[2J', '\n', '\r', '\t', '\x07', '\x9b', '\u202e', '\u2066', '\u2028', '\u0000', '\ud800'),
    fc.constantFrom('=', '+', '-', '@', '"', ',', ';', '<b>', '"""', 'AccessDeniedException: ', '漢'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});

const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const ids = [...controls, ...detections].map(({ id }) => id);

/** Any entry whose texts a stranger chose, also of a control that this version does not have. */
export const anyEntry: fc.Arbitrary<Entry> = fc
  .record({
    outcome: fc.constantFrom(...OUTCOMES),
    controlId: orNull(fc.constantFrom(...ids, 'a-control-of-another-version')),
    severity: orNull(fc.constantFrom(...SEVERITIES)),
    resourceType: orNull(hostileText),
    resourceId: orNull(hostileText),
    accountId: orNull(fc.constantFrom('111122223333', '')),
    region: orNull(fc.constantFrom('eu-west-1', 'cn-north-1', '')),
    before: orNull(fc.constantFrom('COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE')),
    after: orNull(fc.constantFrom('COMPLIANT', 'NON_COMPLIANT', 'NOT_APPLICABLE')),
    annotation: orNull(hostileText),
    error: orNull(hostileText),
    remediationId: orNull(hostileText),
    steps: fc.array(fc.record({ service: hostileText, operation: hostileText, input: fc.record({ a: hostileText }) }), {
      maxLength: 2,
    }),
    name: orNull(hostileText),
    firstSeen: orNull(fc.constant('2026-11-01T00:00:00.000Z')),
  })
  .map(({ name, firstSeen, ...result }) => entry(result as Partial<Result>, { name, firstSeen }));

/** What no output may hold; its own line breaks apart. */
export const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What a page of findings says beside them. */
export const FACTS: PageFacts = {
  command: 'npx evenkeel findings',
  account: '111122223333',
  regions: 'all',
  policy: 'policy policy.yml',
  ledger: 'ledger evenkeel-prod-ledger',
  now: new Date('2026-11-02T09:14:00Z'),
  pauses: [],
  flags: ' --stack mine',
};
