import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { strFromU8, unzipSync } from 'fflate';
import type { CommandRun } from '../../../shared/cli/context.ts';
import { policyText, verification, writeBundle } from '../../../shared/cli/report/bundle.ts';
import { reportData } from '../../../shared/cli/report/data.ts';
import { reportOf } from '../../../shared/cli/report/model.ts';
import { scopeOf } from '../../../shared/cli/report/scope.ts';
import { FRAMEWORKS, requirementsIn } from '../../../shared/frameworks.ts';
import { hashOf } from '../../../shared/hash.ts';
import { resourceKey } from '../../../shared/ledger/ledger.ts';
import { memoryLedger } from '../../../shared/ledger/memory.ts';
import { temporaryFolder } from '../../support/command.ts';
import { answeringAws } from '../../support/doctor-context.ts';
import { testEngine } from '../../support/engine.ts';
import { change, exemptionOf, findingOf, REF, saveRecord } from '../../support/ledger-fixtures.ts';
import { CONTROLS, controlAt, NOW, recordOf, SOURCE } from '../../support/report-fixture.ts';

const folder = temporaryFolder();
const CIS = FRAMEWORKS.find(({ id }) => id === 'cis-v5') ?? FRAMEWORKS[0];
const inCis = CONTROLS.filter((control) => CIS !== undefined && requirementsIn(CIS, control).length > 0);
const [control = controlAt(0), sibling = controlAt(0)] = inCis;
const foreign = CONTROLS.find((one) => !inCis.includes(one)) ?? controlAt(0);
const policy = 'defaults: { mode: detect }\n';
let zipped: Readonly<Record<string, Uint8Array>> = {};
let files: Readonly<Record<string, string>> = {};
let isIntact: boolean;

const SECRET = { service: 'ec2', operation: 'CreateTags', input: { Tags: [{ Key: 'password', Value: 'hunter2' }] } };

beforeAll(async () => {
  const ledger = memoryLedger();
  const [step] = recordOf('x', control).steps;
  if (step === undefined) throw new Error('the record has no step');
  const secret = { ...step, undo: [{ ...SECRET, region: REF.region }] };
  for (const record of [
    recordOf('rem-in', control),
    recordOf('rem-secret', sibling, { days: 2, steps: [secret] }),
    recordOf('rem-foreign', foreign),
    recordOf('rem-old', control, { days: 89 }),
  ])
    await saveRecord(ledger, record);
  const ref = { ...REF, resourceType: control.resourceType, resourceId: 'open' };
  await change(ledger, resourceKey(control.service, ref), { findings: { [control.id]: findingOf(control.id) } });
  await ledger.saveExemption(exemptionOf('ex-1', { control: control.id }));
  await ledger.saveExemption(exemptionOf('ex-foreign', { control: foreign.id }));
  const engine = { ...testEngine(answeringAws({})), ledger, clock: { now: () => NOW, sleep: async () => {} } };
  const run: CommandRun = {
    engine,
    home: null,
    table: null,
    source: SOURCE,
    caller: async () => ({ accountId: REF.accountId, arn: 'jo' }),
  };
  const scope = scopeOf({ from: '30d', framework: 'cis-v5' }, NOW);
  const report = reportOf(await reportData(run, scope, {}));
  const verified = await verification(run, {});
  isIntact = verified.isIntact;
  const path = join(folder, 'evidence.zip');
  await writeBundle(path, report, { run, verified, policy });
  zipped = unzipSync(readFileSync(path));
  files = Object.fromEntries(Object.entries(zipped).map(([name, bytes]) => [name, strFromU8(bytes)]));
});

const lines = (name: string) =>
  (files[name] ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('holds the records of the framework and the period, each with the hash that its chain holds', () => {
  const records = lines('records.jsonl');
  expect(records.map(({ record }) => record.id)).toEqual(['rem-secret', 'rem-in']);
  const chains = new Map(lines('chains.jsonl').map((chain) => [chain.resource, chain]));
  expect([...chains.keys()].sort()).toEqual(records.map(({ resource }) => resource).sort());
  for (const { resource, recordHash, isRedacted, record } of records) {
    expect(hashOf(record) === recordHash).toBe(!isRedacted);
    const { links, head } = chains.get(resource);
    const own = links.filter((link: { remediationId: string }) => link.remediationId === record.id);
    expect(own.at(-1)).toMatchObject({ phase: 'ended', recordHash });
    // As an auditor does it: each entry's hash covers the one before, and the last is the head.
    let before = '0'.repeat(64);
    for (const { hash, ...link } of links) {
      expect([link.previousHash, hashOf(link)]).toEqual([before, hash]);
      before = hash;
    }
    expect(head.hash).toBe(before);
  }
  expect(records.map(({ isRedacted }) => isRedacted)).toEqual([true, false]);
  expect(JSON.stringify(files)).not.toContain('hunter2');
});

test('says that all chains are intact, and that no log confirms those of a local ledger', () => {
  expect(isIntact).toBe(true);
  expect(JSON.parse(files['verification.json'] ?? '')).toEqual({
    verifiedAt: NOW.toISOString(),
    isIntact: true,
    conclusions: ['4 chains, 4 records: intact'],
    notVerifiedByLogs: ['this ledger is a local file, and its records are in no log'],
    broken: [],
  });
});

test('holds what each control requires, the policy, and the report for people and programs', () => {
  const controls = JSON.parse(files['controls.json'] ?? '');
  expect(controls.map(({ id }: { id: string }) => id)).toEqual(inCis.map(({ id }) => id));
  expect(controls[0]).toMatchObject({
    description: control.description,
    requirements: CIS === undefined ? [] : requirementsIn(CIS, control),
    page: `docs/controls/${control.id}.md`,
  });
  expect(files['policy.yml']).toBe(policy);
  const report = JSON.parse(files['report.json'] ?? '');
  expect(report).toMatchObject({ framework: 'cis-v5', totals: { open: 1, remediated: 2 } });
  expect(report.exemptions.map(({ id }: { id: string }) => id)).toEqual(['ex-1']);
  expect(files['report.html']).toContain('CIS AWS Foundations Benchmark v5.0.0');
  expect(files['README.txt']).toContain('sha256sum -c SHA256SUMS');
});

test('the manifest and SHA256SUMS name each file before them with its hash', () => {
  const manifest = JSON.parse(files['manifest.json'] ?? '');
  const sha256 = (name: string) =>
    createHash('sha256')
      .update(zipped[name] ?? '')
      .digest('hex');
  expect(manifest).toMatchObject({
    version: 1,
    account: REF.accountId,
    framework: { id: 'cis-v5' },
    period: { from: '2026-10-28T12:00:00.000Z', to: NOW.toISOString() },
    counts: { records: 2, findings: 1, exemptions: 1 },
  });
  const names = Object.keys(files);
  expect(manifest.files.map(({ name }: { name: string }) => name)).toEqual(names.slice(0, -2));
  for (const { name, sha256: hash } of manifest.files) expect(hash).toBe(sha256(name));
  expect(files.SHA256SUMS).toBe(
    names
      .slice(0, -1)
      .map((name) => `${sha256(name)}  ${name}\n`)
      .join(''),
  );
});

test('a policy that is not there is none; the clone has one', () => {
  expect(policyText({ policy: false })).toBeNull();
  expect(policyText({ policy: join(folder, 'none.yml') })).toBeNull();
  expect(policyText({})).toContain('defaults');
});
