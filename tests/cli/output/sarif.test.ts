import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import AjvDraft04 from 'ajv-draft-04';
import fc from 'fast-check';
import { sarifOf, sarifText } from '../../../shared/cli/output/sarif.ts';
import { ADMIN_PORTS } from '../../support/drift.ts';
import { anyEntry, entry, UNSAFE } from '../../support/entries.ts';

/** The published schema of SARIF 2.1.0, which is of JSON Schema draft 4. */
const SCHEMA = '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json';
const schema = JSON.parse(readFileSync(createRequire(import.meta.url).resolve(SCHEMA), 'utf8'));
const Ajv = AjvDraft04.default;
const validate = new Ajv({
  strict: false,
  unicodeRegExp: false,
  allErrors: true,
  formats: { uri: true, 'uri-reference': true, 'date-time': true },
}).compile(schema);

test('a rule for each control, and a result for each resource', () => {
  const [run] = sarifOf([entry(), entry({ resourceId: 'sg-2' }, { name: 'web' })]).runs;
  expect(run?.tool.driver.rules).toEqual([
    expect.objectContaining({
      id: ADMIN_PORTS,
      defaultConfiguration: { level: 'error' },
      properties: expect.objectContaining({ 'security-severity': '9.5' }),
    }),
  ]);
  expect(run?.results).toEqual([
    expect.objectContaining({ ruleId: ADMIN_PORTS, ruleIndex: 0, kind: 'fail', level: 'error' }),
    expect.objectContaining({
      locations: [
        {
          logicalLocations: [
            {
              name: 'web',
              fullyQualifiedName: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-2',
              kind: 'resource',
            },
          ],
        },
      ],
    }),
  ]);
  const [first, second] = run?.results?.map(({ partialFingerprints }) => partialFingerprints) ?? [];
  expect(first).not.toEqual(second);
});

test.each([
  ['compliant', { kind: 'pass', level: 'none' }],
  ['remediated', { kind: 'pass', level: 'none' }],
  ['notApplicable', { kind: 'notApplicable', level: 'none' }],
  ['exempted', { kind: 'fail', suppressions: [{ kind: 'external', status: 'accepted' }] }],
  ['failed', { kind: 'fail', level: 'error' }],
] as const)('%s', (outcome, expected) => {
  expect(sarifOf([entry({ outcome })]).runs[0]?.results?.[0]).toMatchObject(expected);
});

test('what could not be evaluated has a rule of its own', () => {
  const [run] = sarifOf([entry({ controlId: null, severity: null, resourceId: null, error: 'could not list' })]).runs;
  expect(run?.results?.[0]).toMatchObject({
    ruleId: 'not-evaluated',
    message: { text: 'could not list' },
    locations: [],
  });
});

test('the schema refuses what is no SARIF', () => {
  expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).toBe(false);
});

test('whatever the text, it is SARIF by the published schema, and nothing in it is unsafe', () => {
  fc.assert(
    fc.property(fc.array(anyEntry, { maxLength: 3 }), (entries) => {
      const text = sarifText(entries);
      expect(text).not.toMatch(UNSAFE);
      validate(JSON.parse(text));
      expect(validate.errors ?? []).toEqual([]);
    }),
  );
});
