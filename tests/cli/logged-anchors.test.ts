import { expect, test } from '@jest/globals';
import { loggedAnchors } from '../../shared/cli/logged-anchors.ts';
import { type Anchor, anchorLine } from '../../shared/ledger/anchors.ts';
import { DAY_MS, HOUR_MS } from '../../shared/time.ts';
import { answeringAws } from '../support/doctor-context.ts';

const STACK = 'evenkeel-prod';
const TABLE = 'evenkeel-prod-LedgerTable-1';
const [DATA, COMMAND] = ['/aws/lambda/evenkeel-prod-data', 'evenkeel-prod-AnchorLogGroup-1'];
const output = (OutputKey: string, OutputValue: string) => ({ OutputKey, OutputValue });
const Outputs = [output('LedgerTable', TABLE), output('AnchorLogGroup', COMMAND)];
const group = (logGroupName: string, retentionInDays?: number) => ({ logGroupName, retentionInDays });
const anchor = (sequence: number): Anchor => ({
  resource: 'r',
  sequence,
  remediationId: 'rem-1',
  phase: 'begun',
  hash: `hash ${sequence}`,
});
const line = (sequence: number, timestamp: number) => ({ message: `${anchorLine(anchor(sequence))}\n`, timestamp });

interface Logs {
  readonly retentions?: Readonly<Record<string, number | undefined>>;
  /** The answers to FilterLogEvents, by log group and page. */
  readonly pages: Readonly<Record<string, readonly object[]>>;
  readonly outputs?: readonly object[];
}

const awsWith = ({ retentions = {}, pages, outputs = Outputs }: Logs) =>
  answeringAws({
    DescribeStacks: () => ({ Stacks: [{ Outputs: outputs }] }),
    ListStackResources: () => ({
      StackResourceSummaries: [DATA, COMMAND, undefined].map((PhysicalResourceId) => ({
        ResourceType: 'AWS::Logs::LogGroup',
        PhysicalResourceId,
      })),
    }),
    // Others whose name begins likewise come first.
    DescribeLogGroups: ({ logGroupNamePrefix }) => {
      const name = String(logGroupNamePrefix);
      return { logGroups: [group(`${name}-other`, 1), group(name, retentions[name])] };
    },
    FilterLogEvents: ({ logGroupName, nextToken = '0' }) => {
      const all = pages[String(logGroupName)] ?? [{}];
      const next = Number(nextToken) + 1;
      return { ...all[Number(nextToken)], ...(next < all.length ? { nextToken: String(next) } : {}) };
    },
  })('eu-west-1');

test('gives the anchors of all log groups and all pages; a page without events is not the end', async () => {
  const long = Date.now() - 400 * DAY_MS;
  const pages = {
    [DATA]: [{ events: [line(2, long + HOUR_MS)] }, { events: [] }, {}, { events: [line(3, long + HOUR_MS)] }],
    [COMMAND]: [{ events: [{ message: 'started', timestamp: 1 }, line(1, long)] }],
  };
  const { anchors, since, unread } = await loggedAnchors(awsWith({ pages }), STACK, TABLE);
  expect(anchors.map(({ sequence }) => sequence).toSorted()).toEqual([1, 2, 3]);
  expect({ since, unread }).toEqual({ since: long, unread: [] });
});

test('reaches back no further than the shortest retention: what is older is deleted sooner or later', async () => {
  const retentions = { [DATA]: 30, [COMMAND]: 365 };
  const pages = { [DATA]: [{ events: [line(1, Date.now() - 31 * DAY_MS)] }] };
  const { anchors, since, now } = await loggedAnchors(awsWith({ retentions, pages }), STACK, TABLE);
  expect(anchors).toHaveLength(1);
  expect(since).toBe(now - 30 * DAY_MS);
});

test('reaches back to nothing where the logs hold no anchor', async () => {
  const { anchors, since, unread } = await loggedAnchors(awsWith({ pages: {} }), STACK, TABLE);
  expect({ anchors, since, unread }).toEqual({ anchors: [], since: null, unread: [] });
});

test.each([
  ['another table', [output('LedgerTable', 'other')], `${TABLE} is not the ledger of the stack ${STACK}: use --stack`],
  [
    'an edition that kept no anchors',
    [output('LedgerTable', TABLE)],
    `the stack ${STACK} keeps no anchors yet: deploy it again`,
  ],
])('says that the stack of %s has none', async (_name, outputs, reason) => {
  const read = await loggedAnchors(awsWith({ pages: {}, outputs }), STACK, TABLE);
  expect(read).toMatchObject({ anchors: [], since: null, unread: [reason] });
});
