import { describe, expect, jest, test } from '@jest/globals';
import { ROOT } from '../scripts/catalogue.ts';

// Written in JavaScript, as Jest loads them before anything can be stripped.
const ENVIRONMENT = './support/jest/environment.mjs';
const TEST_MODULES = './support/jest/test-modules.mjs';
const { default: Environment } = await import(ENVIRONMENT);
const { TestModules } = await import(TEST_MODULES);

describe('what a test file changes is undone after it', () => {
  const changes: Readonly<Record<string, readonly [change: () => void, look: () => unknown]>> = {
    'a variable of the environment': [
      () => {
        process.env.EVENKEEL_PROBE = 'set';
        delete process.env.PATH;
      },
      () => `${process.env.EVENKEEL_PROBE} ${process.env.PATH}`,
    ],
    'the whole environment': [
      () => {
        process.env = { PROBE: 'set' };
      },
      () => process.env,
    ],
    'a global that was there': [
      () => {
        globalThis.setTimeout = (() => {}) as never;
      },
      () => globalThis.setTimeout,
    ],
    'a global that is new': [() => Object.assign(globalThis, { probe: 'set' }), () => 'probe' in globalThis],
    'the folder': [() => process.chdir('/'), () => process.cwd()],
    'what listens to a signal': [() => process.on('SIGHUP', () => {}), () => process.listenerCount('SIGHUP')],
    'where output goes': [
      () => {
        process.stdout.write = () => true;
      },
      () => process.stdout.write,
    ],
    'the exit status': [
      () => {
        process.exitCode = 3;
      },
      () => process.exitCode,
    ],
  };

  test.each(Object.entries(changes))('%s', async (_, [change, look]) => {
    const before = look();
    const environment = new Environment({ projectConfig: { fakeTimers: {} } });
    change();
    expect(look()).not.toEqual(before);
    await environment.teardown();
    expect(look()).toBe(before);
  });

  test('the time', () => {
    jest.useFakeTimers({ now: 0 });
    expect(Date.now()).toBe(0);
    jest.useRealTimers();
    expect(Date.now()).toBeGreaterThan(0);
  });
});

describe('the modules of a test file', () => {
  const load = async (path: string) => new TestModules(() => ({})).import(ROOT + path);

  test('are its own where they are ours, and shared where they are packages', async () => {
    const [one, other] = [await load('shared/aws/clients.ts'), await load('shared/aws/clients.ts')];
    expect(one.awsClients).not.toBe(other.awsClients);
    const [here, there] = [await load('node_modules/p-limit/index.js'), await load('node_modules/p-limit/index.js')];
    expect(here.default).toBe(there.default);
  });
});
