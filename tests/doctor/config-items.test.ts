import { expect, test } from '@jest/globals';
import { configItems } from '../../shared/doctor/config-items.ts';
import { type Answers, awsError, contextWith, deploymentWith, resultsOf } from '../support/doctor-context.ts';

const OWN = { name: 'default', roleARN: 'role' };
const LINKED = { name: 'AWSConfigurationRecorderForSecurityHubCSPM', servicePrincipal: 'securityhub.amazonaws.com' };

interface Region {
  readonly own?: boolean;
  readonly linked?: true;
}

/** How AWS Config answers: `own` is the account's own recorder and whether it records. */
const answering = (regions: Readonly<Record<string, Region>>): Answers => ({
  DescribeConfigurationRecorders: ({ ServicePrincipal }, region) => {
    const { own, linked } = regions[region] ?? {};
    if (ServicePrincipal === undefined) return { ConfigurationRecorders: own === undefined ? [] : [OWN] };
    if (linked === undefined || ServicePrincipal !== LINKED.servicePrincipal)
      return awsError('NoSuchConfigurationRecorderException');
    return { ConfigurationRecorders: [LINKED] };
  },
  DescribeConfigurationRecorderStatus: ({ ServicePrincipal }, region) => {
    const status =
      ServicePrincipal === undefined ? { ...OWN, recording: regions[region]?.own } : { ...LINKED, recording: true };
    return { ConfigurationRecordersStatus: [status] };
  },
});

const found = (regions: Readonly<Record<string, Region>>, answers: Answers = answering(regions)) =>
  resultsOf(configItems, contextWith(answers, { deployment: deploymentWith([], { regions: Object.keys(regions) }) }));

test('items arrive from every region whose own recorder records', async () => {
  expect(await found({ 'eu-west-1': { own: true }, 'us-east-1': { own: true, linked: true } })).toMatchObject([
    { status: 'ok', message: 'arrive from eu-west-1, us-east-1' },
  ]);
});

test('regions from which none arrive are named, with the reason; a recorder that was stopped is a warning', async () => {
  const regions = {
    'eu-west-1': { own: true },
    'us-east-1': { linked: true },
    'us-east-2': { linked: true },
    'sa-east-1': { own: false },
    'ap-south-1': {},
  } as const;
  expect(await found(regions)).toMatchObject([
    {
      status: 'warning',
      subject: 'sa-east-1',
      message: 'sa-east-1: no items arrive, the recorder default is not recording; CloudTrail brings the changes',
    },
    {
      status: 'ok',
      message: [
        'arrive from eu-west-1',
        `none (${LINKED.name} records for Security Hub alone; CloudTrail brings the changes) from us-east-1, us-east-2`,
        'none (no recorder; CloudTrail brings the changes) from ap-south-1',
      ].join('; '),
    },
  ]);
});

test('a region that cannot be read is an error of its own', async () => {
  const whole = answering({ 'eu-west-1': {} });
  const answers: Answers = {
    ...whole,
    DescribeConfigurationRecorders: (input, region) =>
      region === 'us-east-1'
        ? awsError('AccessDeniedException', 'Not you.')
        : (whole.DescribeConfigurationRecorders?.(input, region) ?? {}),
  };
  expect(await found({ 'eu-west-1': {}, 'us-east-1': {} }, answers)).toMatchObject([
    { status: 'error', subject: 'us-east-1', message: expect.stringContaining('could not be checked') },
    { status: 'ok', message: 'none (no recorder; CloudTrail brings the changes) from eu-west-1' },
  ]);
});
