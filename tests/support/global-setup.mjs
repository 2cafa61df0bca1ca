import { startSandbox } from '../../scripts/sandbox/moto.ts';

/** One local account server for the whole run; every test file has an account of its own in it. */
export default async function setup() {
  const sandbox = await startSandbox({ say: console.log });
  process.env.EVENKEEL_TEST_ENDPOINT = sandbox.endpoint;
  globalThis.sandbox = sandbox;
}
