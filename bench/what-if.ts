import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { CreateSecurityGroupCommand, EC2Client } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import pLimit from 'p-limit';
import sample from '../events/ec2/AuthorizeSecurityGroupIngress.json' with { type: 'json' };
import { LOCAL_REGION, openLocalAccount, reportError, talkOnlyTo } from '../scripts/sandbox/local.ts';
import { awsClients } from '../shared/aws/clients.ts';

/** `npm run bench:what-if`: how fast `evenkeel what-if` reads a gigabyte of logs, in how much memory; beside it, a program that only parses the same files. */
const { values } = parseArgs({
  options: { gigabytes: { type: 'string', default: '1' }, groups: { type: 'string', default: '100' } },
});

const BIN = fileURLToPath(new URL('../bin/evenkeel', import.meta.url));
const REAL_EVENTS = fileURLToPath(new URL('../../shared/real-events', import.meta.url));
const FILE_BYTES = 64e6;
/** Of a log, most only reads: these are the calls that change a group. */
const CHANGES = 0.1;

interface Spent {
  readonly seconds: number;
  readonly megabytes: number;
}

/** Runs Node with this, and says what it took: CPU time, and the most memory that it ever held. */
async function spent(args: readonly string[]): Promise<Spent> {
  const report = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\nSPENT '+JSON.stringify([u.userCPUTime+u.systemCPUTime,u.maxRSS]))})`;
  const child = spawn(process.execPath, ['--import', report, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  const [micros, kilobytes] = JSON.parse(/SPENT (.*)/.exec(said)?.[1] ?? 'null') ?? [];
  if (micros === undefined || status !== 0) throw new Error(`${args.join(' ').slice(0, 200)}: ${said}`);
  return { seconds: micros / 1e6, megabytes: kilobytes / 1024 };
}

/** A program that does nothing but parse each file. */
const PARSE = `const { readFileSync } = require('node:fs'); for (const file of process.argv.slice(1)) JSON.parse(readFileSync(file, 'utf8'));`;

/** The text of a log of about this size. */
function logOf(bytes: number, accountId: string, groups: readonly string[]): string {
  const { detail } = sample;
  const records: string[] = [];
  for (let size = 0, at = 0; size < bytes; at += 1) {
    const isChange = at % Math.round(1 / CHANGES) === 0;
    const record = {
      ...detail,
      eventID: `event ${at}`,
      eventTime: new Date(Date.parse('2026-11-01T00:00:00Z') + at * 60_000).toISOString(),
      eventName: isChange ? detail.eventName : 'DescribeSecurityGroups',
      awsRegion: LOCAL_REGION,
      recipientAccountId: accountId,
      userIdentity: {
        ...detail.userIdentity,
        accountId,
        arn: `arn:aws:sts::${accountId}:assumed-role/Role${at % 50}/s${at}`,
      },
      requestParameters: { ...detail.requestParameters, groupId: groups[at % groups.length] },
    };
    records.push(JSON.stringify(record));
    size += records.at(-1)?.length ?? 0;
  }
  return `{"Records":[${records.join(',')}]}`;
}

async function makeGroups(count: number): Promise<readonly string[]> {
  const client = awsClients()(LOCAL_REGION)(EC2Client);
  const limited = pLimit(2);
  const names = Array.from({ length: count }, (_, at) => `bench-${process.pid}-${at}`);
  const make = async (GroupName: string) =>
    (await client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'bench' }))).GroupId ?? '';
  return Promise.all(names.map((name) => limited(() => make(name))));
}

async function main(): Promise<void> {
  const sandbox = await openLocalAccount({ say: (line) => process.stderr.write(`${line}\n`) });
  const folder = mkdtempSync(join(tmpdir(), 'evenkeel-what-if-'));
  try {
    talkOnlyTo(sandbox.endpoint, LOCAL_REGION);
    process.env.EVENKEEL_LEDGER = ':memory:';
    const { Account = '' } = await awsClients()(LOCAL_REGION)(STSClient).send(new GetCallerIdentityCommand({}));
    const log = logOf(FILE_BYTES, Account, await makeGroups(Number(values.groups)));
    const plain = join(folder, 'log.json');
    const packed = join(folder, 'log.json.gz');
    writeFileSync(plain, log);
    writeFileSync(packed, gzipSync(log));
    const times = Math.ceil((Number(values.gigabytes) * 1e9) / statSync(plain).size);
    const all = (file: string) => Array.from({ length: times }, () => file);
    const size = (times * statSync(plain).size) / 1e6;
    console.log(
      `${size.toFixed(0)} MB of records, ${(times * log.split('"eventID"').length - times).toLocaleString('en-US')} of them, that name ${values.groups} groups:`,
    );
    const parse = await spent(['-e', PARSE, ...all(plain)]);
    const print = (what: string, { seconds, megabytes }: Spent, of = size) =>
      console.log(
        `  ${what.padEnd(44)} ${(of / seconds).toFixed(0).padStart(4)} MB/s of CPU time, ${(seconds / parse.seconds).toFixed(1)} times the parsing alone, at most ${megabytes.toFixed(0)} MB`,
      );
    print('parsing alone, a file at once', parse);
    print('what-if --account', await spent([BIN, 'what-if', '--account', Account, ...all(plain)]));
    print('what-if --account, gzip', await spent([BIN, 'what-if', '--account', Account, ...all(packed)]));
    print('what-if, with today’s state', await spent([BIN, 'what-if', ...all(plain)]));
    if (existsSync(REAL_EVENTS)) {
      const events = join(REAL_EVENTS, 'cloudtrail.stratus-red-team.jsonl');
      const again = Math.ceil((1e9 * Number(values.gigabytes)) / statSync(events).size);
      const real = await spent([BIN, 'what-if', '--account', Account, ...Array.from({ length: again }, () => events)]);
      const bytes = (again * statSync(events).size) / 1e6;
      console.log(
        `  recorded events of others, --account: ${bytes.toFixed(0)} MB, ${(bytes / real.seconds).toFixed(0)} MB/s of CPU time, at most ${real.megabytes.toFixed(0)} MB`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await sandbox.stop();
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = reportError('bench:what-if', error);
}
process.exit();
