import { describe, expect, test } from '@jest/globals';
import { filtered, frameworkOf } from '../../shared/cli/control-filters.ts';
import { UsageError } from '../../shared/cli/errors.ts';

const bucket = { id: 'b', severity: 'HIGH', service: 's3', relatedRequirements: ['CIS AWS v5.0 2.1.4'] } as const;
const group = { id: 'g', severity: 'CRITICAL', service: 'ec2', relatedRequirements: ['CIS AWS v3.0 5.2'] } as const;
const key = { id: 'k', severity: 'LOW', service: 'ec2', relatedRequirements: [] } as const;
const all = [bucket, group, key];
const left = (filters: Parameters<typeof filtered>[1]) => filtered(all, filters).map(({ id }) => id);

describe('filters', () => {
  test.each([
    ['none', {}, ['b', 'g', 'k']],
    ['a framework', { framework: 'cis-v5' }, ['b']],
    ['a framework in capitals', { framework: 'CIS-V3' }, ['g']],
    ['a severity and above', { severity: 'HIGH' }, ['b', 'g']],
    ['a service', { service: 'ec2' }, ['g', 'k']],
    ['a service by a pattern', { service: 's*' }, ['b']],
    ['several', { service: 'ec2', severity: 'HIGH', framework: 'cis-v3' }, ['g']],
    ['several that nothing meets', { service: 's3', framework: 'cis-v3' }, []],
  ] as const)('%s', (_what, filters, ids) => {
    expect(left(filters)).toEqual(ids);
  });

  test('what none has is an error that names those there are', () => {
    expect(() => left({ framework: 'cis-v6' })).toThrow(UsageError);
    expect(() => left({ service: 'ecs' })).toThrow('--service ecs: no control of such a service; there are ec2, s3');
  });
});

test('a framework that is unknown is answered with the nearest one', () => {
  expect(() => frameworkOf('cis5')).toThrow(/^--framework cis5: unknown; did you mean cis-v5\? There are fsbp, /);
});
