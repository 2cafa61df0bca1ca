import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashOf } from '../../shared/hash.ts';
import { linkAfter, START, storedLink } from '../../shared/ledger/chain.ts';
import { pack, unpack } from '../../shared/ledger/codec.ts';
import { DICTIONARY_1 } from '../../shared/ledger/dictionary.ts';
import type { Remediation } from '../../shared/ledger/records.ts';
import { remediationOf } from '../support/ledger-fixtures.ts';

const bytes = (document: unknown) => Buffer.byteLength(pack(document));
const documentOf = (remediation: Remediation) => {
  const link = linkAfter(START, 'begun', remediation.id, remediation);
  return { remediation, links: [storedLink(link), storedLink({ ...link, sequence: 2, recordHash: hashOf(1) })] };
};

describe('a document', () => {
  test('is the same again, short or long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 2000 }), (value, length) => {
        const document = JSON.parse(JSON.stringify({ value, text: 'ü€😀'.repeat(length) }));
        expect(unpack(pack(document))).toEqual(document);
      }),
    );
    for (const document of [null, false, 0, '', []]) expect(unpack(pack(document))).toEqual(document);
    expect(unpack(pack(undefined))).toBeNull();
  });

  test('that is short stays readable in the table', () => {
    expect(pack({ a: 1 })).toBe('{"a":1}');
  });

  test('of a format that is not known is refused', () => {
    expect(() => unpack(Uint8Array.of(7, 1, 2))).toThrow('a document of format 7');
  });

  test('can be read by every later version: the dictionary never changes', () => {
    expect(hashOf(DICTIONARY_1.toString())).toBe('8c448f3db7aa87ab3ad521ed21a071966a925e75eb21ffff9b265705e825a6e7');
  });
});

describe('the record of a remediation', () => {
  test('of a security group with four rules is kept in less than a kilobyte', () => {
    const record = remediationOf('rem-a1b2c3d4-e5f6-4789-8abc-def012345678', { status: 'remediated' });
    const done = { ...record, after: record.before, afterCompliance: 'COMPLIANT' as const };
    expect(JSON.stringify(documentOf(done)).length).toBeGreaterThan(3_500);
    expect(bytes(documentOf(done))).toBeLessThan(850);
  });

  test('of a resource that the dictionary says nothing of is kept in less than two', () => {
    const state = {
      DBInstanceIdentifier: 'orders-replica-3',
      DBInstanceClass: 'db.r6g.2xlarge',
      Engine: 'postgres',
      EngineVersion: '16.4',
      PubliclyAccessible: true,
      MultiAZ: false,
      StorageEncrypted: true,
      KmsKeyId: 'arn:aws:kms:ap-south-1:444455556666:key/7d0f6c1e-93b5-4c2a-a1de-08b1f4c6e952',
      DBSubnetGroup: { Name: 'private', Subnets: ['subnet-0c9d8e7f', 'subnet-1a2b3c4d', 'subnet-5e6f7a8b'] },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-0fedcba9876543210', Status: 'active' }],
      Endpoint: { Address: 'orders-replica-3.c7x2.ap-south-1.rds.amazonaws.com', Port: 5432 },
      TagList: [{ Key: 'cost-center', Value: '4711' }],
    };
    const record = remediationOf('rem-0e1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b', {
      controlId: 'rds-instance-public-access-prohibited',
      service: 'rds',
      before: state,
      after: { ...state, PubliclyAccessible: false },
      status: 'remediated',
    });
    expect(bytes(documentOf(record))).toBeLessThan(1_500);
  });
});
