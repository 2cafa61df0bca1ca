import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

const LISTENED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'beforeExit', 'uncaughtException', 'unhandledRejection'];
const OWN = ['argv', 'env', 'stdin'];
const STREAMS = [process.stdout, process.stderr];

const processState = () => ({
  globals: descriptorsOf(globalThis, Reflect.ownKeys(globalThis)),
  own: descriptorsOf(process, OWN),
  env: { ...process.env },
  cwd: process.cwd(),
  exitCode: process.exitCode,
  listeners: LISTENED.map((event) => [event, process.listeners(event)]),
  writes: STREAMS.map(({ write }) => write),
});

const descriptorsOf = (object, names) => names.map((name) => [name, Object.getOwnPropertyDescriptor(object, name)]);

/** Jest environment without a global object of its own: tests run as Node runs them, so that packages can be loaded once for all test files of a worker. What a test file changes of the process is undone after it. */
export default class ProcessEnvironment {
  /** Takes what Jest adds for itself; tests see the real one. */
  global = Object.create(globalThis, { process: { value: Object.create(process), writable: true } });
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  #before = processState();

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {
    globalThis.console = this.global.console;
    // What tests compare is plain text, whether or not Jest itself runs on a terminal.
    process.env.NO_COLOR = '1';
    delete process.env.FORCE_COLOR;
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    restore(this.#before);
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** None: jest-circus.mjs loads all modules. */
  getVmContext() {
    return null;
  }
}

function restore({ globals, own, env, cwd, exitCode, listeners, writes }) {
  const known = new Set(globals.map(([name]) => name));
  for (const name of Reflect.ownKeys(globalThis)) if (!known.has(name)) Reflect.deleteProperty(globalThis, name);
  restoreProperties(globalThis, globals);
  restoreProperties(process, own);
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(cwd);
  process.exitCode = exitCode;
  for (const [event, kept] of listeners)
    for (const listener of process.listeners(event)) if (!kept.includes(listener)) process.off(event, listener);
  for (const [index, stream] of STREAMS.entries()) stream.write = writes[index];
}

function restoreProperties(object, descriptors) {
  for (const [name, descriptor] of descriptors)
    if (descriptor?.configurable) Object.defineProperty(object, name, descriptor);
}
