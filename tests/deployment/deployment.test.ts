import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadContent, ROOT } from '../../scripts/catalogue.ts';
import { byDomain } from '../../scripts/generate/content.ts';
import { functionKey } from '../../scripts/generate/statements.ts';
import { PYTHON } from '../../scripts/sandbox/moto.ts';
import { packaged, VARIANTS } from '../support/packages.ts';
import { PATIENCE, serverless } from '../support/serverless.ts';
import { copyOfTree } from '../support/tree.ts';

const content = await loadContent();
const domains = [...byDomain(content).keys()];
/** One for each domain, the one of the schedules, and Slack's two. */
const functions = [...domains, 'watch', 'slack', 'slack-actions'];

let folder: string;
beforeAll(async () => {
  ({ folder } = await packaged(VARIANTS.running));
}, PATIENCE);

describe('the package', () => {
  /** The files in an archive. */
  const filesIn = (archive: string) =>
    execFileSync(PYTHON, [
      '-c',
      'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep="\\n")',
      archive,
    ])
      .toString()
      .trim()
      .split('\n');

  test('is made without a network and without credentials, one archive for each function', () => {
    const archives = readdirSync(folder).filter((name) => name.endsWith('.zip'));
    expect(archives.sort()).toEqual(functions.map((name) => `${functionKey(name)}.zip`).sort());
  });

  test.each(functions)('holds of %s its handler and its own chunks, and nothing of another function', (name) => {
    const files = filesIn(join(folder, `${functionKey(name)}.zip`));
    expect(files).toContain(`functions/${name}/handler.mjs`);
    const own = new RegExp(`^functions/${name}/(handler|chunks/[\\w.-]+)\\.mjs$`);
    expect(files.filter((file) => !own.test(file))).toEqual([]);
    // A service's controls are chunks: a function of a domain is never one file.
    if (domains.some((domain) => domain === name)) expect(files.length).toBeGreaterThan(2);
  });

  const mistaken = copyOfTree();
  const POLICY = 'defaults: { mode: detct }\n';
  test.each<[string, string | null, readonly string[], string]>([
    [
      'policy.yml',
      POLICY,
      [],
      'policy.yml:1:19 defaults.mode: "detct" is not allowed; allowed: off, detect, approve, remediate, recommended',
    ],
    [
      'a parameter',
      null,
      ['--param=emails=you'],
      'deployment.yml or --param: emails is "you"; allowed: e-mail addresses, with commas between them',
    ],
  ])('is not made where %s says what is not allowed: that is said once, and packaging ends', async (...of) => {
    const [, policy, flags, says] = of;
    if (policy !== null) writeFileSync(`${mistaken}policy.yml`, policy);
    const { status, stdout, stderr } = await serverless(mistaken, ['package', ...flags]);
    writeFileSync(`${mistaken}policy.yml`, readFileSync(`${ROOT}policy.yml`));
    expect({ status, times: (stdout + stderr).split(says).length - 1, stdout, stderr }).toMatchObject({
      status: 1,
      times: 1,
    });
  });
});
