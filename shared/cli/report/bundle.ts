import { redactedRecord } from '../../engine/run/redact.ts';
import { requirementsIn } from '../../frameworks.ts';
import { hashOf } from '../../hash.ts';
import { codeVersion } from '../../lambda/version.ts';
import { type Ledger, resourceKey } from '../../ledger/ledger.ts';
import { counted, visible, visibleJson } from '../../text.ts';
import type { CommandRun } from '../context.ts';
import { readText } from '../files.ts';
import type { CommonOptions } from '../options.ts';
import { CLONE_POLICY, isThere } from '../policy.ts';
import {
  brokenIn,
  type Chains,
  logsConclusion,
  readLogs,
  tableConclusion,
  type Verified,
  verifiedChains,
} from '../verified-chains.ts';
import type { Scope } from './data.ts';
import type { Report } from './model.ts';
import { page, type Source } from './page.ts';
import { reportCsv, reportJson } from './summary.ts';
import { type ArchivedFile, type Digest, writeZip } from './zip.ts';

/** What a bundle says of the chains of the whole ledger. */
export interface Verification {
  readonly chains: Chains;
  readonly isIntact: boolean;
  /** In words, for people. */
  readonly conclusions: readonly string[];
  /** What the logs could not tell, and why. */
  readonly unread: readonly string[];
}

/** Verifies all chains, and with the logs where a deployment keeps them. */
export async function verification(run: CommandRun, options: CommonOptions): Promise<Verification> {
  const reading = run.table === null ? null : await readLogs(run, options);
  const chains = await verifiedChains(run.engine.ledger, reading);
  return {
    chains,
    isIntact: brokenIn(chains) === 0,
    conclusions: [tableConclusion(chains), ...(reading === null ? [] : [logsConclusion(chains, reading)])],
    unread: reading?.unread ?? ['this ledger is a local file, and its records are in no log'],
  };
}

/** Writes the evidence of a framework and a period as a new ZIP file. Throws UsageError, and where the ledger does not answer. */
export async function writeBundle(
  path: string,
  report: Report,
  {
    run,
    verified,
    policy,
  }: { readonly run: CommandRun; readonly verified: Verification; readonly policy: string | null },
): Promise<void> {
  const { data } = report;
  const { source } = run;
  const keys = new Set<string>();
  const files: readonly ArchivedFile[] = [
    { name: 'README.txt', text: readme(report, source) },
    { name: 'report.html', text: page(report, source) },
    { name: 'report.json', text: reportJson(report, source) },
    { name: 'report.csv', text: reportCsv(report, true) },
    { name: 'controls.json', text: indented(controlFacts(report)) },
    { name: 'records.jsonl', text: recordLines(run.engine.ledger, report, keys) },
    // After the records: these name the chains that are asked for.
    { name: 'chains.jsonl', text: () => chainLines(verified.chains, keys) },
    { name: 'verification.json', text: verificationJson(verified, data.now) },
    { name: 'pauses.jsonl', text: data.pauses.map(line).join('') },
    {
      name: 'policy.yml',
      text: policy ?? '# There is no policy.yml: everything is only detected, or --no-policy was given.\n',
    },
    { name: 'manifest.json', text: (before) => manifest(report, source, before) },
    { name: 'SHA256SUMS', text: (before) => before.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('') },
  ];
  await writeZip(path, files, data.now);
}

/** The policy's file as it is; null where there is none. Throws UsageError where it cannot be read. */
export function policyText({ policy }: Pick<CommonOptions, 'policy'>): string | null {
  const file = policy === false ? '' : (policy ?? (process.env.EVENKEEL_POLICY || CLONE_POLICY));
  return file !== '' && isThere(file) ? readText(file) : null;
}

/** JSON to read; a line break within a text is none of its own. */
const indented = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).split('\n').map(visibleJson).join('\n')}\n`;

const line = (value: unknown): string => `${visibleJson(JSON.stringify(value))}\n`;

/** The records of the report, whole but for secrets, each with the hash that its chain must hold. */
async function* recordLines(ledger: Ledger, report: Report, keys: Set<string>): AsyncGenerator<string> {
  const ids = new Set(report.records.map(({ id }) => id));
  for await (const record of ledger.remediations(report.records.at(-1)?.times.decided)) {
    if (!ids.has(record.id)) continue;
    const redacted = redactedRecord(record);
    const resource = resourceKey(record.service, record.ref);
    keys.add(resource);
    const recordHash = hashOf(record);
    yield line({ resource, recordHash, isRedacted: hashOf(redacted) !== recordHash, record: redacted });
  }
}

const chainLines = (chains: Chains, keys: ReadonlySet<string>): string =>
  [...chains]
    .filter(([key]) => keys.has(key))
    .map(([resource, { head, links, errors, logged }]) => line({ resource, head, links, errors, logged }))
    .join('');

function verificationJson({ chains, isIntact, conclusions, unread }: Verification, now: Date): string {
  const broken = [...chains].filter(([, { errors }]) => errors.length > 0);
  const named = broken.map(([resource, { errors }]: readonly [string, Verified]) => ({ resource, errors }));
  const document = { verifiedAt: now.toISOString(), isIntact, conclusions, notVerifiedByLogs: unread, broken: named };
  return indented(document);
}

/** What the page of each control says, and which requirements it meets. */
const controlFacts = ({ data: { controls, framework } }: Report): readonly object[] =>
  controls.map((control) => ({
    ...control,
    requirements: framework === null ? control.relatedRequirements : requirementsIn(framework, control),
    page: `docs/controls/${control.id}.md`,
  }));

/** The period and framework that a bundle is of. */
const scopeOf = ({ from, to, framework }: Scope) => ({
  period: { from: from.toISOString(), to: to.toISOString() },
  framework,
});

function manifest({ data, records, findings, exemptions }: Report, source: Source, files: readonly Digest[]): string {
  const document = {
    version: 1,
    generatedAt: data.now.toISOString(),
    account: data.account,
    ...scopeOf(data),
    ...source,
    codeVersion,
    counts: { records: records.length, findings: findings.length, exemptions: exemptions.length },
    files,
  };
  return indented(document);
}

const readme = ({ data, records }: Report, { ledger }: Source): string => `\
Evidence of what Evenkeel did in account ${data.account}
${data.framework === null ? 'All controls' : `Controls of ${data.framework.name}, as ${data.framework.mappedBy} maps them (${data.framework.source})`}
${data.from.toISOString()} to ${data.to.toISOString()}; made ${data.now.toISOString()} by Evenkeel ${codeVersion}; ${visible(ledger)}

manifest.json      what this is, and each file with its size and SHA-256
SHA256SUMS         the same for a program: sha256sum -c SHA256SUMS
report.html        for people; report.json and report.csv hold the same
records.jsonl      ${counted(records.length, 'remediation or undo', 'remediations and undos')}: state before and after, every call, who, when, versions
chains.jsonl       the hash chains of their resources, whole
verification.json  whether all chains of the ledger are intact, and what the logs confirm
controls.json      what each control requires, why, its requirements and its mode in the policy
policy.yml         the policy in force when this was made
pauses.jsonl       pauses in force when this was made

How to check a record: recordHash is the SHA-256 of the record's JSON with sorted keys. The last entry of the
record in its chain (chains.jsonl) holds the same recordHash, each entry's hash covers the one before, and the
last is the chain's head. A record with isRedacted true was whole when it was hashed: values that may be secret
are left out of this copy, and only Evenkeel's own "npx evenkeel verify" compares it.

What this does not prove: docs/evidence.md.
`;
