import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { divided, roleResources, sizeOf } from '../../../scripts/generate/role-resources.ts';
import type { Statement } from '../../../scripts/generate/statements.ts';

const statement = (Sid: string, count: number, Resource: unknown = '*'): Statement => ({
  Sid,
  Effect: 'Allow',
  Action: Array.from({ length: count }, (_, index) => `service:ModifyThing${`${index}`.padStart(3, '0')}`),
  Resource,
  why: 'do this',
});

interface Policy {
  readonly Statement: readonly Statement[];
}
interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Policies?: readonly { readonly PolicyDocument: Policy }[];
    readonly PolicyDocument?: Policy;
    readonly ManagedPolicyArns?: readonly { readonly Ref: string }[];
  };
}
const resourcesOf = (statements: readonly Statement[]) =>
  roleResources('data', statements) as Readonly<Record<string, Resource>>;

describe('a role', () => {
  test('of few statements holds them itself', () => {
    const { DataRole, ...others } = resourcesOf([statement('A', 3), statement('B', 2)]);
    expect(others).toEqual({});
    expect(DataRole?.Properties.Policies?.[0]?.PolicyDocument.Statement.map(({ Sid }) => Sid)).toEqual(['A', 'B']);
    expect(DataRole?.Properties).not.toHaveProperty('ManagedPolicyArns');
  });

  test('of many says all of them once and in their order, within what IAM takes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 20 }), (counts) => {
        const statements = counts.map((count, index) => statement(`S${index}`, count));
        const { DataRole, ...managed } = resourcesOf(statements);
        const inline = DataRole?.Properties.Policies?.[0]?.PolicyDocument;
        const attached = (DataRole?.Properties.ManagedPolicyArns ?? []).map(({ Ref }) => managed[Ref]);
        const documents = [inline, ...attached.map((one) => one?.Properties.PolicyDocument)];
        expect(documents.flatMap((one) => one?.Statement ?? [])).toEqual(statements);
        expect(Object.keys(managed)).toHaveLength(attached.length);
        expect(JSON.stringify(inline).length).toBeLessThan(10_240);
        for (const one of documents.slice(1)) expect(JSON.stringify(one).length).toBeLessThan(6_144);
      }),
    );
  });

  test('that IAM would not take is an error with its name', () => {
    const many = Array.from({ length: 40 }, (_, index) => statement(`S${index}`, 90));
    expect(() => resourcesOf(many)).toThrow(/^the role of data would need \d+ managed policies; IAM attaches 10$/);
  });
});

test('the size of a statement is that of the names that CloudFormation fills in', () => {
  const short = sizeOf(statement('A', 1, '*'));
  const filled = sizeOf(statement('A', 1, { 'Fn::GetAtt': ['LedgerTable', 'Arn'] }));
  expect(filled - short).toBeGreaterThan(90);
  expect(sizeOf(statement('A', 1, { 'Fn::Sub': '${LedgerTable.Arn}/index/lists' }))).toBeGreaterThan(filled);
});

test('a statement of many actions is divided into several that say the same, each under a name of its own', () => {
  expect(divided(statement('Read', 3))).toEqual([statement('Read', 3)]);
  const whole = statement('Read', 200);
  const parts = divided(whole);
  expect(parts.length).toBeGreaterThan(1);
  expect(parts.flatMap(({ Action }) => Action)).toEqual(whole.Action);
  expect(new Set(parts.map(({ Sid }) => Sid)).size).toBe(parts.length);
  for (const part of parts) {
    expect(part.Sid).toMatch(/^Read[A-Z]$/);
    expect(sizeOf(part)).toBeLessThanOrEqual(2_500);
    expect({ ...part, Sid: '', Action: [] }).toEqual({ ...whole, Sid: '', Action: [] });
  }
});
