import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { wireTo } from '../support/aws-proxy.ts';
import { evenkeelAs, temporaryFolder, withoutHeader } from '../support/command.ts';
import { ADMIN_PORTS } from '../support/drift.ts';
import { REGION } from '../support/samples.ts';
import { testAccount } from '../support/sandbox.ts';

const cwd = temporaryFolder();
const account = await testAccount();
const wire = await wireTo(account.endpoint);
const env: Readonly<Record<string, string>> = { ...account.env, AWS_ENDPOINT_URL: wire.endpoint };
const { AWS_REGION: _, ...regionless } = env;
const nobody = { AWS_ENDPOINT_URL: wire.endpoint, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: REGION };

mkdirSync(join(cwd, '.aws'));
writeFileSync(
  join(cwd, '.aws/config'),
  '[profile work]\nregion = eu-west-1\n[sso-session corp]\nsso_region = eu-west-1\n',
);
mkdirSync(join(cwd, 'no-events'));
writeFileSync(join(cwd, 'empty.json'), '');
writeFileSync(join(cwd, 'event.json'), '{}');
writeFileSync(join(cwd, 'latin.yml'), Buffer.from('# caf\u00e9', 'latin1'));

/** What is typed, and what it is answered with: the cause, and what to do. */
const WRONG: readonly (readonly [args: string, answer: RegExp, as?: Readonly<Record<string, string>>])[] = [
  ['swep', /unknown command 'swep' \(Did you mean sweep\?\)/],
  ['help swep', /unknown command 'swep'; npx evenkeel --help lists them/],
  ['policy help dif', /unknown command 'dif'; npx evenkeel policy --help lists them/],
  ['findings', /AWS_ENDPOINT_URL moto: must be a URL like http:/, { ...env, AWS_ENDPOINT_URL: 'moto' }],
  ['findings', /AWS_ENDPOINT_URL moto:5000: must be a URL like/, { ...env, AWS_ENDPOINT_URL: 'moto:5000' }],
  ['history --since 90', /--since 90: must be a day \(2026-11-01\) or a duration before now \(12h, 30d\)/],
  ['sweep --jsn', /unknown option '--jsn' \(Did you mean --json\?\)/],
  ['sweep --mode fix', /argument 'fix' is invalid\. Allowed choices are detect, approve, remediate\./],
  ['sweep --output xml', /argument 'xml' is invalid\. Allowed choices are table, json, csv, html, ocsf, sarif\./],
  ['sweep --json --output csv', /--json and --output csv: choose one/],
  ['sweep --severity urgent', /'urgent' is invalid\. Allowed are INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL\./],
  ['sweep --service ecs', /--service ecs: no control of such a service; there are accessanalyzer, /],
  ['sweep --tag =prod', /--tag =prod: must be a tag's key, or KEY=VALUE/],
  ['findings --tag =prod', /--tag =prod: must be a tag's key, or KEY=VALUE/],
  ['findings --service ecs', /--service ecs: no control of such a service; there are accessanalyzer, /],
  ['sweep --region eu-wst-1', /--region eu-wst-1: .*did you mean eu-west-1\?/],
  ['sweep --profile wrk', /--profile wrk: no such profile; did you mean work\?/],
  ['sweep', /AWS_PROFILE prod: no such profile; did you mean work\?/, { ...nobody, AWS_PROFILE: 'prod' }],
  [
    'sweep',
    /AWS_PROFILE prod: no such profile \(unset it to use the access key of the environment\); did you mean work\?/,
    { ...env, AWS_PROFILE: 'prod' },
  ],
  [`sweep --control ${ADMIN_PORTS}s`, new RegExp(`unknown control; did you mean ${ADMIN_PORTS}\\?`)],
  ['sweep --control ports', /--control ports: unknown control; npx evenkeel controls lists them/],
  ['sweep --policy absent.yml', /absent\.yml: cannot be read: there is no such file; check the name/],
  ['sweep', /no region.*: give --region, or set AWS_REGION/, regionless],
  ['findings --control nothing-like-it', /unknown control; npx evenkeel controls lists them/],
  ['policy validate no-events', /no-events: cannot be read: it is a folder; name a file in it/],
  ['policy validate latin.yml', /latin\.yml: cannot be read: it is not UTF-8 text; save it as UTF-8/],
  ['policy diff absent.yml', /absent\.yml: cannot be read: there is no such file; check the name/],
  ['what-if s3://nobodys-bucket-4711', /s3:\/\/nobodys-bucket-4711\/: cannot be listed: [^\n]*s3:ListBucket/],
  ['replay', /missing required argument 'source'; npx evenkeel replay --help lists them/],
  ['policy diff', /missing required argument 'file'; npx evenkeel policy diff --help lists them/],
  ['report --since tomorrow', /unknown option '--since'; npx evenkeel report --help lists them/],
  ['init extra', /too many arguments for 'init'\. .*; npx evenkeel init --help lists them/],
  ['sweep --tag', /argument missing; npx evenkeel sweep --help lists them/],
  ['replay absent.json', /absent\.json: cannot be read: there is no such file; check the name/],
  ['replay empty.json', /empty\.json: the file is empty/],
  ['replay no-events', /no-events: contains no \.json, \.jsonl or \.json\.gz file/],
  ['replay --queue dead-letters', /--queue dead-letters: not a queue URL \(https:\/\/sqs\.…\)/],
  ['redrive dead-letters', /dead-letters: not a queue URL/],
  ['undo', /missing required argument 'id': give it, or --last; npx evenkeel history lists them/],
  ['undo rem-20271231', /there is no remediation rem-20271231; npx evenkeel history lists them/],
  ['undo --last', /--last: there is no remediation that could be undone/],
  ['undo rem-1 --last', /--last and an id: choose one/],
  ['approve 20271231', /there is no remediation 20271231; npx evenkeel history lists them/],
  ['history 20271231', /there is no remediation 20271231; npx evenkeel history lists them/],
  ['reject rem-1 --reason x', /there is no remediation rem-1; npx evenkeel history lists them/],
  ['reject rem-1', /required option '--reason <text>' not specified/],
  ['pause', /required option '--reason <text>' not specified/],
  ['resume', /everything is not paused; nothing is paused/],
  [`resume --control ${ADMIN_PORTS} --resource sg-1`, /--resource sg-1: it has no halted finding of ec2-/],
  ['pause --reason x', /EVENKEEL_LEDGER :memory:: nothing outlives the command there; unset it, or name a file/],
  ['resume --breaker', /EVENKEEL_LEDGER :memory:: nothing outlives the command there/],
  ['exempt', /required option '--control <id>' not specified/],
  ['exempt --end ex-2027', /there is no such exemption; npx evenkeel exempt --list lists them/],
  ['history --since never', /--since never: must be a day \(2026-11-01\) or a duration before now \(12h, 30d\)/],
  ['controls ports', /^evenkeel: ports: unknown control; npx evenkeel controls lists them/],
  ['controls --framework cis-5', /--framework cis-5: unknown; did you mean cis-v5\?/],
  ['init', /no terminal to ask on: give --region, --email, --slack and --framework \(none for none\), or --yes/],
  ['init --yes', /no region: give --region, or set AWS_REGION/, regionless],
  ['init --email you', /--email you: no e-mail address; one is you@example\.com, or none/],
  ['init --slack slack', /--slack slack: not where a secret is stored: secretsmanager:<name>, ssm:<name>, or none/],
  ['init --slack https://hooks.slack.com/x', /--slack: a webhook's URL is a secret.*store it \(aws secretsmanager/],
  ['init --framework cis', /--framework cis: unknown; did you mean cis-v[35]\?/],
  ['init --mode remediate', /argument 'remediate' is invalid\. Allowed choices are detect, approve, recommended\./],
  ['init --yes --policy p.yml', /--policy, --no-policy: init writes the clone's policy\.yml/],
  ['init --region mars-1', /--region mars-1: unknown region; one is eu-west-1$/m],
  ['report --file no-events', /--file no-events: cannot be written: it is a folder; name a file in it/],
  ['report --file absent/x.html', /--file absent\/x\.html: cannot be written: its folder does not exist; create it/],
  ['report --bundle absent/x.zip', /--bundle absent\/x\.zip: cannot be written: its folder does not exist/],
  ['pause --control a --control b --reason x', /^evenkeel: --control was given twice; name one$/m],
  ['sweep --region eu-west-1 --region=us-east-1', /--region was given twice; name one/],
  ['sweep --mode detect --mode remediate', /--mode was given twice; name one/],
  ['findings --policy a.yml --policy b.yml', /--policy was given twice; name one/],
  ['findings --policy a.yml --no-policy', /--policy and --no-policy cannot be combined/],
  ['findings --no-policy --policy a.yml', /--no-policy and --policy cannot be combined/],
  ['policy diff a.yml --region eu-west-1 --region eu-west-2', /--region was given twice; name one/],
  ['controls --write-policy new.yml', /--write-policy: give --framework too/],
];

/** What is empty where a variable of the shell is not set. */
const EMPTY = ['sweep --region', 'findings --profile', 'doctor --stack', 'sweep --resource', 'findings --tag']
  .concat(['pause --reason', 'history --control', 'undo rem-1 --reason', 'report --file', 'sweep --policy'])
  .concat(['init --yes --email', 'exempt --end', 'policy diff', 'undo', 'replay', 'what-if', 'controls']);

test.each(EMPTY)("evenkeel %s ''", async (line) => {
  const args = [...line.split(' '), ''];
  const { status, stdout, stderr } = await evenkeelAs({ ...env, HOME: cwd, EVENKEEL_LEDGER: ':memory:' })(args, {
    cwd,
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^evenkeel: (--[a-z]+: is empty|the argument '[a-z]+' is empty)\n$/);
});

test.each(WRONG)('evenkeel %s', async (line, answer, as = env) => {
  const env = { HOME: cwd, EVENKEEL_LEDGER: ':memory:', ...as };
  const args = line.split(' ');
  const { status, stdout, stderr } = await evenkeelAs(env)(args, { cwd });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toMatch(answer);
  expect(stderr).not.toMatch(/\b\w+(Exception|Error)\b/);
});

/** How AWS answers to whom it does not let in, and what is said: status 1, since nothing is wrong with the command. */
test.each([
  ['ExpiredToken', 'the AWS credentials have expired: sign in again (aws sso login), then run the same command'],
  ['InvalidClientTokenId', 'AWS does not know these credentials: check AWS_PROFILE, or the access key and its secret'],
] as const)('%s: said in one line, and asked once', async (code, says) => {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>The security token included in the request is not good</Message></Error></ErrorResponse>`;
  wire.alter([{ call: '', status: 403, isWithheld: true, change: () => body }]);
  wire.take();
  for (const subcommand of ['sweep', 'findings', 'undo --last']) {
    const run = await evenkeelAs({ ...env, HOME: cwd, EVENKEEL_LEDGER: '' })(subcommand.split(' '), { cwd });
    expect(run).toEqual({ status: 1, stdout: '', stderr: `evenkeel: ${says}\n` });
    expect(wire.take()).toHaveLength(1);
  }
  wire.alter([]);
});

test('nobody answers', async () => {
  const away = { ...env, HOME: cwd, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
  const { status, stderr } = withoutHeader(
    await evenkeelAs({ ...away, EVENKEEL_LEDGER: ':memory:' })(['sweep'], { cwd }),
  );
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'evenkeel: AWS does not answer (connect ECONNREFUSED 127.0.0.1:9): check the network, the proxy, the region and AWS_ENDPOINT_URL\n',
  });
});
