import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { filesOf } from '../../shared/cli/sources.ts';
import { visible } from '../../shared/text.ts';
import { wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, linesOf, type RunOptions, run, temporaryFolder } from '../support/command.ts';
import { ADMIN_PORTS, openedEvent, openGroup } from '../support/drift.ts';
import { testAccount } from '../support/sandbox.ts';

const folder = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const env = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint };
const evenkeel = evenkeelAs(env);
const groupId = await openGroup(account, 'open');
const good = openedEvent(account, groupId, 'good');
const line = JSON.stringify(good);
const record = good.detail as Record<string, unknown>;

const file = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const withDetail = (change: object) => JSON.stringify({ ...good, detail: { ...record, ...change } });

const zipped = gzipSync(JSON.stringify({ Records: [record] }));
file('good.json', line);
file('empty.json', '');
file('blank.json', ' \n\t\n');
file('blank.jsonl', '\n \n');
file('broken.json', '{"detail-type":');
file('cut.json.gz', zipped.subarray(0, -4));
file('damaged.json.gz', Buffer.from(zipped).fill(0, zipped.length - 8));
file('latin.json', Buffer.from(line.replace('good', 'caf\u00e9'), 'latin1'));
symlinkSync('nowhere.json', join(folder, 'dangling.json'));
file('plain.json.gz', line);
file('utf16.json', Buffer.from(`\uFEFF${line}`, 'utf16le'));
file('middle.jsonl', `${line}\n{broken\n\n${line}\n`);
file('lines-in.json', `${line}\n{broken\n${line}\n`);
file('mark.json', `\uFEFF${line}`);
file('mark.jsonl', `\uFEFF${line}\n`);
file('windows.jsonl', `${line}\r\n${line}\r\n`);
file('upside.ndjson.gz', gzipSync(line));
file('nothing.json', '{"Records": []}');
file('odd.jsonl', 'null\n42\n"x"\n{}\n[null]\n');
file('no-detail.json', JSON.stringify({ ...good, detail: 'null' }));
file('no-parameters.json', withDetail({ requestParameters: undefined, responseElements: undefined }));
file('null-parameters.json', withDetail({ requestParameters: null, responseElements: null, userIdentity: null }));
file('null-texts.json', withDetail({ requestParameters: 'null', responseElements: 'null', userIdentity: 'null' }));
file('omitted.json', withDetail({ requestParameters: { omitted: true }, responseElements: { omitted: true } }));
file('stranger.json', withDetail({ eventSource: 'quantum.amazonaws.com', eventName: 'Entangle' }));
file('refused.json', withDetail({ errorCode: 'Client.UnauthorizedOperation', responseElements: null }));
mkdirSync(join(folder, 'no-events'));
file('no-events/notes.txt', line);
mkdirSync(join(folder, 'mixed'));
file('mixed/broken.json', '{oops');
file('mixed/good.json', line);
symlinkSync('nowhere.json', join(folder, 'mixed/dangling.json'));
mkdirSync(join(folder, 'linked'));
file('linked/good.json', line);
symlinkSync('../linked', join(folder, 'linked/parent'));
symlinkSync('itself.json', join(folder, 'linked/itself.json'));
mkdirSync(join(folder, 'elsewhere'));
file('elsewhere/good.json', line);
symlinkSync('../elsewhere', join(folder, 'linked/folder'));

const replay = (sources: readonly string[], options: RunOptions = {}) =>
  evenkeel(['replay', ...sources, '--json', '--control', ADMIN_PORTS], { cwd: folder, ...options });

describe('a source that cannot be read at all: status 2, and one line that says what and where', () => {
  test.each([
    ['no file', ['absent.json'], 'absent.json: cannot be read: there is no such file; check the name'],
    [
      'one good and one absent: nothing is begun',
      ['good.json', 'absent.json'],
      'absent.json: cannot be read: there is no such file; check the name',
    ],
    [
      'a broken link',
      ['dangling.json'],
      'dangling.json: cannot be read: it is a link that leads nowhere; name the file',
    ],
    ['a device', ['/dev/zero'], '/dev/zero: cannot be read: it is a device; name a file'],
    ['a folder without events', ['no-events'], 'no-events: contains no .json, .jsonl or .json.gz file'],
    ['an empty file', ['empty.json'], 'empty.json: the file is empty'],
  ])('%s', async (_name, sources, says) => {
    expect(await replay(sources)).toEqual({ status: 2, stdout: '', stderr: `evenkeel: ${says}\n` });
  });

  test('what is only seen in reading, and the others go on', async () => {
    const contents = [
      ['blank.json', 'empty'],
      ['blank.jsonl', 'empty'],
      ['broken.json record 1', 'ends in the middle of a record: it is cut off'],
      ['cut.json.gz', 'cannot be read: its gzip data is cut off; fetch it again'],
      ['damaged.json.gz', 'cannot be read: its gzip data is damaged; fetch it again'],
      ['latin.json record 1', 'not JSON: it is not UTF-8 text; save it as UTF-8'],
      ['utf16.json record 1', 'not JSON: unexpected'],
      ['-', 'empty'],
    ] as const;
    const finished = await replay([...contents.map(([name]) => name.split(' ')[0] ?? ''), 'mixed']);
    expect(finished.status).toBe(2);
    const says = [...contents, ['mixed/broken.json record 1', 'ends in the middle of a record: it is cut off']].map(
      ([name, error]) => `${name === '-' ? 'standard input' : name}: ${error}`,
    );
    const [header, ...told] = finished.stderr.trimEnd().split('\n');
    expect(header).toContain('; ledger in memory; ');
    expect(told).toEqual(says.map((text) => expect.stringContaining(`evenkeel: ${text}`)));
    const lines = linesOf(finished);
    const unread = lines.filter(({ outcome }) => outcome === 'failed');
    expect(lines.at(-1)).toMatchObject({ eventId: 'good', outcome: 'detected' });
    // What stood before each damage was read.
    const { eventID } = record;
    expect(lines.filter((one) => one.eventId === eventID)).toMatchObject([
      { outcome: 'detected' },
      { outcome: 'detected' },
    ]);
    // JSON holds the error as it is; people see it with what is unsafe made visible.
    expect(unread.map(({ error }) => `evenkeel: ${visible(String(error))}`)).toEqual(told);
    for (const line of unread) expect(line).toMatchObject({ eventId: null, outcome: 'failed' });
  });
});

test('links are followed, and each folder is read once, also where a link leads to its parent', () => {
  const linked = join(folder, 'linked');
  expect(filesOf([linked])).toEqual([join(linked, 'folder/good.json'), join(linked, 'good.json')]);
});

describe('an event that cannot be read fails, and the others go on', () => {
  const ok = { eventId: 'good', controlId: ADMIN_PORTS, resourceId: groupId, outcome: 'detected', error: null };
  const failed = (error: string, rest: object = { eventId: null }) => ({
    ...rest,
    controlId: null,
    outcome: 'failed',
    error: expect.stringContaining(error),
  });
  const idless = failed('could not identify the AWS::EC2::SecurityGroup of AuthorizeSecurityGroupIngress', {
    eventId: 'good',
    eventName: 'AuthorizeSecurityGroupIngress',
  });
  const noDetail = failed('no-detail.json record 1: UnreadableEventError: the event has no "detail"', {
    eventId: 'good',
  });
  const odd = [
    'the event is null, not an object',
    'the event is 42, not an object',
    'the event is not JSON',
    'the event is none of: an EventBridge envelope',
    'the event is null',
  ].map((text, index) => failed(`odd.jsonl:${index + 1}: UnreadableEventError: ${text}`));

  test.each<[status: number, wanted: Readonly<Record<string, readonly object[]>>]>([
    [
      1,
      {
        'middle.jsonl': [ok, failed('middle.jsonl:2: not JSON'), ok],
        'lines-in.json': [ok, failed('lines-in.json:2: not JSON'), ok],
        'odd.jsonl': odd,
        'no-detail.json': [noDetail],
        'no-parameters.json': [idless],
        'null-parameters.json': [idless],
        'null-texts.json': [idless],
      },
    ],
    [
      0,
      {
        'mark.json': [ok],
        'plain.json.gz': [ok],
        'mark.jsonl': [ok],
        'windows.jsonl': [ok, ok],
        'upside.ndjson.gz': [ok],
        'nothing.json': [],
        'stranger.json': [{ controlId: null, eventName: 'Entangle', outcome: 'notApplicable', error: null }],
        'refused.json': [{ controlId: null, outcome: 'notApplicable', annotation: expect.stringContaining('failed') }],
      },
    ],
  ])('status %i', async (status, wanted) => {
    const finished = await replay(Object.keys(wanted));
    const lines = Object.values(wanted).flat();
    expect(linesOf(finished)).toHaveLength(lines.length);
    expect(linesOf(finished)).toMatchObject(lines);
    expect(finished.status).toBe(status);
  });

  test('where CloudTrail left the parameters out, every group of the region is looked at', async () => {
    const lines = linesOf(await replay(['omitted.json']));
    expect(lines.find(({ resourceId }) => resourceId === groupId)).toMatchObject({ outcome: 'detected' });
    expect(lines.length).toBeGreaterThan(1); // the default group of the default VPC is there too
  });
});

test('a pipe can stand where a file does', async () => {
  const pipe = join(folder, 'pipe.jsonl');
  execFileSync('mkfifo', [pipe]);
  const reading = replay([pipe]);
  await run('sh', ['-c', `cat good.json > pipe.jsonl`], { cwd: folder });
  expect(linesOf(await reading)).toMatchObject([{ eventId: 'good', outcome: 'detected' }]);
});

describe('50 MB', () => {
  /** Events until the file is so large; their number. */
  function large(name: string, event: (number: number) => object, [before, between, after]: readonly string[]): number {
    const out = openSync(join(folder, name), 'w');
    writeSync(out, before ?? '');
    let number = 0;
    for (let size = 0; size < 50_000_000; number += 1) {
      const part = `${number > 0 ? between : ''}${JSON.stringify(event(number))}`;
      size += part.length;
      writeSync(out, part);
    }
    writeSync(out, after ?? '');
    closeSync(out);
    return number;
  }
  const LINES = ['', '\n', '\n'];
  const RECORDS = ['{"Records":[', ',', ']}'];
  /** Every other event concerns a control. Each is as large as five, so that ten thousand are enough. */
  const event = (number: number) => ({
    ...record,
    additionalEventData: Array.from({ length: 4 }, () => record),
    eventID: `e${number}`,
    eventName: number % 2 === 0 ? record.eventName : 'Decrypt',
  });
  const counting = `
    const { spawnSync } = require('node:child_process');
    const { status, stdout, signal } = spawnSync(process.execPath, process.argv.slice(1), { maxBuffer: 1e9, encoding: 'utf8' });
    const outcomes = {};
    for (const line of stdout.trimEnd().split('\\n')) {
      const { outcome } = JSON.parse(line);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    console.log(JSON.stringify({ status, signal, outcomes }));`;

  /** Megabytes of heap: lines take what one line takes; a whole text and what is parsed from it must fit, five copies must not. */
  test.each([
    ['large.jsonl', LINES, 120],
    ['large.json', RECORDS, 400],
  ] as const)(
    '%s takes no more memory than its form needs, and asks about the resource once',
    async (name, form, megabytes) => {
      const events = large(name, event, form);
      wire.take();
      const bin = join(import.meta.dirname, '../../bin/evenkeel');
      const args = [`--max-old-space-size=${megabytes}`, bin, 'replay', name, '--json', '--control', ADMIN_PORTS];
      const { stdout } = await run(process.execPath, ['-e', counting, '--', ...args], { cwd: folder, env });
      const outcomes = { detected: Math.ceil(events / 2), notApplicable: Math.floor(events / 2) };
      expect(JSON.parse(stdout)).toEqual({ status: 0, signal: null, outcomes });
      expect(wire.take().length).toBeLessThan(10);
    },
    300_000,
  );
});
