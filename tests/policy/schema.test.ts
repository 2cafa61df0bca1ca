import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { stringify } from 'yaml';
import { controls } from '../../shared/controls/index.ts';
import { detections } from '../../shared/detections/index.ts';
import { isDate } from '../../shared/policy/load.ts';
import { policySchema } from '../../shared/policy/schema.ts';
import { errorsOf, parse } from '../support/policy-errors.ts';

const schema = policySchema(controls, detections);

describe('the schema', () => {
  test('is one, strictly, with nothing that a validator would overlook', () => {
    const ajv = new Ajv({ strict: true, strictTypes: false, formats: { date: isDate } });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test('says of every place what it is for', () => {
    const bare: string[] = [];
    const walk = (node: unknown, path: string): void => {
      const { properties = {}, items } = node as { properties?: Record<string, object>; items?: object };
      for (const [name, inner] of Object.entries(properties)) {
        if (!('description' in inner)) bare.push(`${path}.${name}`);
        walk(inner, `${path}.${name}`);
      }
      if (items !== undefined) walk(items, `${path}[]`);
    };
    walk(schema, '');
    expect(bare).toEqual([]);
  });

  test('knows every control and its parameters, whose defaults it allows', () => {
    const whole = Object.fromEntries(
      controls.map(({ id, parameters }) => [
        id,
        {
          parameters: Object.fromEntries(
            Object.entries(parameters as Record<string, { default: unknown }>).map(([name, spec]) => [
              name,
              spec.default,
            ]),
          ),
        },
      ]),
    );
    expect(parse(stringify({ controls: whole }))).toEqual({ controls: whole });
  });

  test('knows every detection, which is off or detects, wherever a control may be named', () => {
    for (const { id } of detections) {
      for (const mode of ['off', 'detect', 'recommended'])
        expect(errorsOf(`controls: { ${id}: { mode: "${mode}" } }`)).toEqual([]);
      expect(errorsOf(`controls: { ${id}: { mode: remediate } }`)).toEqual([
        expect.stringContaining(`controls.${id}.mode: "remediate" is not allowed; allowed: off, detect, recommended`),
      ]);
      expect(errorsOf(`controls: { ${id}: { parameters: {} } }`)).toEqual([
        expect.stringContaining('"parameters" is not known'),
      ]);
      expect(errorsOf(`matches: [{ account: "111122223333", controls: [${id}], mode: "off" }]`)).toEqual([]);
      const exemption = { control: id, resource: '111122223333', owner: 'jo', reason: 'set up', expires: '2026-12-01' };
      expect(errorsOf(stringify({ exemptions: [exemption] }))).toEqual([]);
    }
  });

  test('takes a second opinion on public policies for all, or for a control that edits one', () => {
    const [asking, other] = ['sqs-queue-public-access-prohibited', 's3-bucket-tls-required'];
    expect(errorsOf('defaults: { checkNoPublicAccess: true }')).toEqual([]);
    expect(errorsOf(`controls: { ${asking}: { checkNoPublicAccess: false } }`)).toEqual([]);
    expect(errorsOf(`controls: { ${asking}: { checkNoPublicAccess: "yes" } }`)).toEqual([
      expect.stringContaining('"yes" must be boolean'),
    ]);
    expect(errorsOf(`controls: { ${other}: { checkNoPublicAccess: true } }`)).toEqual([
      expect.stringContaining('"checkNoPublicAccess" is not known'),
    ]);
  });

  test('is published as it is', () => {
    const published = readFileSync(new URL('../../docs/policy.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(schema)));
  });
});
