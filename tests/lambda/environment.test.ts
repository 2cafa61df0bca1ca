import { afterEach, expect, test } from '@jest/globals';
import { deployedAs, engineFromEnvironment } from '../../shared/lambda/environment.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
const engine = () => engineFromEnvironment({}, () => {}, {});

test.each([{}, { EVENKEEL_TABLE: '' }])('a function whose ledger is not named has no engine: %j', (env) => {
  delete process.env.EVENKEEL_TABLE;
  Object.assign(process.env, { AWS_REGION: 'eu-west-1' }, env);
  expect(engine).toThrow('EVENKEEL_TABLE is not set: a function does not work without its ledger');
  process.env.EVENKEEL_TABLE = 'table';
  expect(engine().ceiling).toBe('remediate');
});

test('the home region of a function is its own', () => {
  Object.assign(process.env, { AWS_REGION: 'eu-west-1', EVENKEEL_TABLE: 'table' });
  expect(engine().home).toBe('eu-west-1');
});

test('a function is named after its deployment', () => {
  expect(deployedAs('evenkeel-prod-infrastructure')).toEqual({ prefix: 'evenkeel-prod', name: 'infrastructure' });
});
