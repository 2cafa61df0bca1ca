import type { RecordingGroup } from '@aws-sdk/client-config-service';
import { describe, expect, test } from '@jest/globals';
import { asInput, everything, omissions, widened } from '../../../shared/aws/config/recording-group.ts';

const INTERFACE = 'AWS::EC2::NetworkInterface';
const IAM = ['AWS::IAM::Group', 'AWS::IAM::Policy', 'AWS::IAM::Role', 'AWS::IAM::User'];
const excluding = (...resourceTypes: string[]): RecordingGroup => ({
  allSupported: false,
  includeGlobalResourceTypes: false,
  exclusionByResourceTypes: { resourceTypes: resourceTypes as never },
  recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
});
const including = (...resourceTypes: string[]): RecordingGroup => ({
  allSupported: false,
  resourceTypes: resourceTypes as never,
  recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
});
const here = { globalTypes: true, accepted: [] };
const elsewhere = { globalTypes: false, accepted: [] };

describe('what a group leaves out', () => {
  test.each<[string, RecordingGroup, Parameters<typeof omissions>[1], readonly string[]]>([
    ['of all types, in the older word: nothing', { allSupported: true }, elsewhere, []],
    [
      'of all types, in the newer word: nothing',
      { recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' } },
      elsewhere,
      [],
    ],
    ['of all types, global ones too: nothing', everything(true), here, []],
    [
      'of all types, one global one accepted',
      everything(false),
      { ...here, accepted: ['AWS::IAM::Role'] },
      ['does not record global resource types'],
    ],
    ['of all types: nothing', everything(false), elsewhere, []],
    ['of all types, global ones asked for', everything(false), here, ['does not record global resource types']],
    ['of all types, global ones accepted', everything(false), { ...here, accepted: IAM }, []],
    ['of some types', including(INTERFACE), elsewhere, ['does not record every supported resource type']],
    ['without a word', {}, elsewhere, ['does not record every supported resource type']],
    ['of all but some', excluding(INTERFACE, 'AWS::KMS::Key'), here, [`excludes ${INTERFACE}, AWS::KMS::Key`]],
    ['of all but some, one accepted', excluding(INTERFACE), { ...here, accepted: [INTERFACE] }, []],
    ['of all but global ones, which are asked for', excluding(...IAM), here, [`excludes ${IAM.join(', ')}`]],
    ['of all but global ones, which are recorded elsewhere', excluding(...IAM), elsewhere, []],
  ])('%s', (_name, group, wanted, left) => {
    expect(omissions(group, wanted)).toEqual(left);
  });
});

describe('a widened group', () => {
  test.each<[string, RecordingGroup, Parameters<typeof widened>[1], RecordingGroup]>([
    ['records all types', including(INTERFACE), elsewhere, everything(false)],
    ['goes on without global types', everything(false), elsewhere, everything(false)],
    ['goes on with all global types', everything(true), elsewhere, everything(true)],
    ['goes on with one global type of several', including(INTERFACE, 'AWS::IAM::Role'), elsewhere, everything(true)],
    ['goes on with global types', including('AWS::IAM::Role'), elsewhere, everything(true)],
    ['goes on with global types that were not excluded', excluding(INTERFACE), elsewhere, everything(true)],
    ['records global types that are asked for', excluding(...IAM), here, everything(true)],
    [
      'keeps what is accepted',
      excluding(INTERFACE, 'AWS::KMS::Key'),
      { ...here, accepted: [INTERFACE] },
      excluding(INTERFACE),
    ],
    ['keeps global types that are recorded elsewhere', excluding(INTERFACE, ...IAM), elsewhere, excluding(...IAM)],
  ])('%s', (_name, group, wanted, expected) => {
    expect(widened(group, wanted)).toEqual(expected);
    expect(omissions(widened(group, wanted), wanted)).toEqual([]);
  });
});

test('a group is put without the empty lists of the strategies that it does not have', () => {
  const empty = { resourceTypes: [], exclusionByResourceTypes: { resourceTypes: [] } };
  expect(asInput({ ...everything(true), ...empty })).toEqual(everything(true));
  expect(asInput({ ...including(INTERFACE), exclusionByResourceTypes: { resourceTypes: [] } })).toEqual(
    including(INTERFACE),
  );
  expect(asInput({ ...excluding(INTERFACE), resourceTypes: [] })).toEqual(excluding(INTERFACE));
  expect(asInput(excluding())).toEqual(excluding());
});
