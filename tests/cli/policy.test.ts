import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { CLONE_POLICY, policyOf, policyOrDetect } from '../../shared/cli/policy.ts';
import { controls } from '../../shared/controls/index.ts';
import { run, temporaryFolder } from '../support/command.ts';
import { copyOfTree } from '../support/tree.ts';

const folder = temporaryFolder();
const { EVENKEEL_POLICY } = process.env;
afterEach(() => {
  if (EVENKEEL_POLICY === undefined) delete process.env.EVENKEEL_POLICY;
  else process.env.EVENKEEL_POLICY = EVENKEEL_POLICY;
});
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const [approve, off, clone] = [
  file('approve.yml', 'defaults: { mode: approve }\n'),
  file('off.yml', 'defaults: { mode: off }\n'),
  file('clone.yml', 'defaults: { mode: detect }\n'),
];
const tree = copyOfTree();
const absent = join(folder, 'absent.yml');

test('--no-policy before --policy, that before EVENKEEL_POLICY, that before the clone’s', () => {
  process.env.EVENKEEL_POLICY = approve;
  expect(policyOf({ policy: false }, clone)).toMatchObject({
    document: null,
    source: '--no-policy: recommended modes',
  });
  expect(policyOf({ policy: off }, clone)).toMatchObject({
    document: { defaults: { mode: 'off' } },
    source: `policy ${off}`,
  });
  expect(policyOf({}, clone)).toMatchObject({
    document: { defaults: { mode: 'approve' } },
    source: `policy ${approve}`,
  });
  process.env.EVENKEEL_POLICY = '';
  expect(policyOf({}, clone)).toMatchObject({ document: { defaults: { mode: 'detect' } }, source: `policy ${clone}` });
});

test('the clone’s own is named shortly in the clone, and found in it', () => {
  process.env.EVENKEEL_POLICY = '';
  expect(CLONE_POLICY).toBe(join(import.meta.dirname, '../../policy.yml'));
  expect(policyOf({}).source).toBe('policy policy.yml');
});

test('no file in the clone: everything is detected; a named file that is not there: wrong usage', () => {
  process.env.EVENKEEL_POLICY = '';
  const { document, policy, source } = policyOf({}, absent);
  expect({ document, source }).toEqual({ document: {}, source: 'no policy.yml: detect only' });
  expect(new Set(controls.map((control) => policy.reachAnywhere(control)))).toEqual(new Set(['detect']));
  expect(() => policyOf({ policy: absent }, clone)).toThrow(
    `${absent}: cannot be read: there is no such file; check the name`,
  );
  mkdirSync(join(folder, 'policy.yml'));
  expect(() => policyOf({}, join(folder, 'policy.yml'))).toThrow('cannot be read: it is a folder; name a file in it');
});

test('where one is broken nothing is remediated, and the first that is wrong is said in one line', () => {
  const broken = file('broken.yml', 'defaults: { mode: detct }\nlimits: { flap: { times: 0, within: 1h } }\n');
  const { policy, error } = policyOrDetect({ policy: broken });
  expect(error).toMatch(/broken\.yml:1:19 defaults\.mode: "detct" is not allowed; [^\n]*\(and 1 more\)$/);
  expect(new Set(controls.map((control) => policy.reachAnywhere(control)))).toEqual(new Set(['detect']));
  expect(policyOrDetect({ policy: off })).toMatchObject({ error: null });
});

test('the command goes by the policy.yml of its own clone, not of the folder that it is run in', async () => {
  const modes = async () => {
    const { status, stdout } = await run(process.execPath, [`${tree}bin/evenkeel`, 'controls', '--json'], {
      cwd: folder,
    });
    expect(status).toBe(0);
    return new Set(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).mode),
    );
  };
  writeFileSync(`${tree}policy.yml`, 'defaults: { mode: approve }\n');
  expect(await modes()).toEqual(new Set(['approve', 'detect'])); // detections never more than detect
  writeFileSync(`${tree}policy.yml`, '');
  expect(await modes()).toEqual(new Set(['detect']));
  rmSync(`${tree}policy.yml`);
  expect(await modes()).toEqual(new Set(['detect']));
});
