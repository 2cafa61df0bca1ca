import { expect, test } from '@jest/globals';
import scene from '../../../scenes/athena/athena-workgroup-encrypted.ts';
import control from '../../../shared/controls/athena/athena-workgroup-encrypted.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const good = {
  PublishCloudWatchMetricsEnabled: true,
  EnforceWorkGroupConfiguration: true,
  OutputLocation: 's3://query-results/' as string | null,
  encryption: 'SSE_KMS' as 'CSE_KMS' | 'SSE_KMS' | 'SSE_S3' | 'managed' | null,
  isSpark: false,
};
const given = (change: Partial<typeof good> = {}) => ({ configuration: { ...good, ...change } });
const update = (ConfigurationUpdates: object) =>
  [['UpdateWorkGroup', { WorkGroup: 'reports', ConfigurationUpdates }]] as const;
const encrypted = { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } };

testControl(control, {
  resourceId: 'reports',
  compliant: {
    'all is as it should be': given(),
    'Athena keeps the results itself': given({ OutputLocation: null, encryption: 'managed' }),
    'notebooks of Spark that publish metrics': given({
      isSpark: true,
      encryption: null,
      EnforceWorkGroupConfiguration: false,
    }),
  },
  nonCompliant: {
    'without metrics alone': {
      given: given({ PublishCloudWatchMetricsEnabled: false }),
      plan: update({ PublishCloudWatchMetricsEnabled: true }),
      after: given(),
      undo: update({ PublishCloudWatchMetricsEnabled: false }),
      says: 'The workgroup publishes no metrics.',
      elements: [['PublishCloudWatchMetricsEnabled']],
    },
    'without encryption, and queries override its settings': {
      given: given({ encryption: null, EnforceWorkGroupConfiguration: false }),
      plan: update({ EnforceWorkGroupConfiguration: true, ResultConfigurationUpdates: encrypted }),
      after: given({ encryption: 'SSE_S3' }),
      undo: update({
        EnforceWorkGroupConfiguration: false,
        ResultConfigurationUpdates: { RemoveEncryptionConfiguration: true },
      }),
      says: 'The workgroup lets queries override its settings, does not encrypt results.',
      elements: [['EnforceWorkGroupConfiguration', 'EncryptionConfiguration']],
      other: { 'without metrics too': given({ encryption: null, PublishCloudWatchMetricsEnabled: false }) },
    },
    // A query that names no location of its own would end with "No output location provided".
    'queries override its settings, and it has no output location': {
      given: given({ EnforceWorkGroupConfiguration: false, OutputLocation: null }),
      plan: [],
      byHand: 'The workgroup has no output location',
    },
  },
});

test('the workgroup that AWS makes in every region is evaluated from the time that somebody configures it', () => {
  const ref = {
    resourceType: 'AWS::Athena::WorkGroup',
    resourceId: 'primary',
    accountId: '111122223333',
    region: 'eu-west-1',
  };
  const context = { parameters: {}, now: new Date(0), lastKnown: null };
  const made = { EnforceWorkGroupConfiguration: false, OutputLocation: null, encryption: null };
  expect(control.evaluate({ ...given(made), ref }, context).complianceType).toBe('NOT_APPLICABLE');
  const located = given({ ...made, OutputLocation: 's3://results/' });
  expect(control.evaluate({ ...located, ref }, context).complianceType).toBe('NON_COMPLIANT');
});

testScene(control, scene);
