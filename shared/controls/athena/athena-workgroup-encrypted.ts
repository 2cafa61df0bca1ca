import { AthenaClient, UpdateWorkGroupCommand, type WorkGroupConfigurationUpdates } from '@aws-sdk/client-athena';
import { byHand, compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { requirements } from '../../frameworks.ts';
import { workgroup } from '../../resources/athena/workgroup.ts';
import { step, undoneBy } from '../../step.ts';

const permissions = { 'athena:UpdateWorkGroup': 'arn:${AWS::Partition}:athena:*:${AWS::AccountId}:workgroup/*' };

interface Configuration {
  readonly PublishCloudWatchMetricsEnabled: boolean;
  readonly EnforceWorkGroupConfiguration: boolean;
  readonly OutputLocation: string | null;
  readonly encryption: string | null;
  readonly isSpark: boolean;
}

/** What a workgroup may lack: in words, the change that sets it, and the one that undoes that. */
const PARTS: readonly {
  readonly name: string;
  readonly says: string;
  readonly isLacking: (one: Configuration) => boolean;
  readonly on: WorkGroupConfigurationUpdates;
  readonly off: WorkGroupConfigurationUpdates;
}[] = [
  {
    name: 'PublishCloudWatchMetricsEnabled',
    says: 'publishes no metrics',
    isLacking: (one) => !one.PublishCloudWatchMetricsEnabled,
    on: { PublishCloudWatchMetricsEnabled: true },
    off: { PublishCloudWatchMetricsEnabled: false },
  },
  {
    name: 'EnforceWorkGroupConfiguration',
    says: 'lets queries override its settings',
    // Notebooks of Spark have no such settings.
    isLacking: (one) => !one.isSpark && !one.EnforceWorkGroupConfiguration,
    on: { EnforceWorkGroupConfiguration: true },
    off: { EnforceWorkGroupConfiguration: false },
  },
  {
    name: 'EncryptionConfiguration',
    says: 'does not encrypt results',
    isLacking: (one) => !one.isSpark && one.encryption === null,
    on: { ResultConfigurationUpdates: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' } } },
    off: { ResultConfigurationUpdates: { RemoveEncryptionConfiguration: true } },
  },
];

/** The workgroup that AWS creates in every region, as it creates it. */
const isUntouched = (name: string, { OutputLocation, EnforceWorkGroupConfiguration, encryption }: Configuration) =>
  name === 'primary' && OutputLocation === null && !EnforceWorkGroupConfiguration && encryption === null;

export default defineControl({
  id: 'athena-workgroup-encrypted',
  title: 'Athena workgroups must encrypt results, enforce that, and publish metrics',
  severity: 'MEDIUM',
  resource: workgroup,
  needs: ['configuration'],
  securityControlIds: ['Athena.4'],
  relatedRequirements: ['AWS FSBP Athena.4', ...requirements('PCI DSS v4.0', '3.5.1 8.3.2')],
  description:
    'A workgroup must encrypt the results of queries, override client-side settings, and publish metrics to CloudWatch. Security Hub requires metrics alone (Athena.4; Athena.1, which required encryption, is retired). Spark workgroups have to publish metrics only. The workgroup primary is not evaluated as long as it was never configured: AWS creates one in every region. An encryption that is there stays as it is; where there is none, SSE_S3 is set.',
  rationale:
    'Results of queries are copies of the data, often of the most sensitive part; a client that may override the settings writes them wherever it likes.',
  guidance:
    'Give the workgroup an output location and an encryption, and let it override client-side settings. Queries that name a location of their own then write to that of the workgroup.',
  impact: 'none',
  recommendedMode: 'remediate',
  permissions,
  undoCalls: [
    undoneBy(AthenaClient, UpdateWorkGroupCommand, ({ resourceId: WorkGroup }) => ({ WorkGroup }), [
      'ConfigurationUpdates',
    ]),
  ],
  parameters: {},
  evaluate({ ref: { resourceId }, configuration }) {
    const lacking = PARTS.filter(({ isLacking }) => isLacking(configuration));
    if (lacking.length === 0) return compliant('Results are encrypted, settings enforced, metrics published.');
    if (isUntouched(resourceId, configuration)) return notApplicable('The workgroup primary was never configured.');
    return nonCompliant(
      `The workgroup ${lacking.map(({ says }) => says).join(', ')}.`,
      lacking.map(({ name }) => name),
    );
  },
  plan({ ref: { resourceId: WorkGroup }, configuration }) {
    const lacking = PARTS.filter(({ isLacking }) => isLacking(configuration));
    const elements = lacking.map(({ name }) => name);
    const hasLocation = configuration.OutputLocation !== null || configuration.encryption === 'managed';
    if (elements.includes('EnforceWorkGroupConfiguration') && !hasLocation)
      return byHand('The workgroup has no output location: to enforce its settings would fail every query.');
    const update = (parts: readonly WorkGroupConfigurationUpdates[]) => ({
      WorkGroup,
      ConfigurationUpdates: Object.assign({}, ...parts) as WorkGroupConfigurationUpdates,
    });
    const undo = () => [
      step(AthenaClient, UpdateWorkGroupCommand, update(lacking.map(({ off }) => off)), { elements }),
    ];
    const change = update(lacking.map(({ on }) => on));
    return [step(AthenaClient, UpdateWorkGroupCommand, change, { permissions, elements, undo })];
  },
});
