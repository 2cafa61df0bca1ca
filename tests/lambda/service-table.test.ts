import { describe, expect, test } from '@jest/globals';
import { changesIn } from '../../shared/engine/intake/parse-event.ts';
import { concernedBy, controlsOf, type ServiceEntry, serviceOfControl } from '../../shared/lambda/service-table.ts';
import { sampleEvent } from '../support/samples.ts';

const loaded: string[] = [];
const entry = (id: string, eventSources: readonly string[], resourceTypes: readonly string[]): ServiceEntry => ({
  id,
  eventSources,
  resourceTypes,
  load: async () => {
    loaded.push(id);
    return { controls: [{ id: `${id}-x` }] as never };
  },
});
const ACCOUNT = 'AWS::::Account';
const SERVICES = [
  entry('ec2', ['ec2.amazonaws.com'], ['AWS::EC2::Volume', ACCOUNT]),
  entry('ec2-image', ['ec2.amazonaws.com'], ['AWS::EC2::Image']),
  entry('rds', ['rds.amazonaws.com', 'aws.rds'], ['AWS::RDS::DBInstance', ACCOUNT]),
];
const concerned = (event: unknown) =>
  changesIn(event).map((change) => concernedBy(change, SERVICES).map(({ id }) => id));

describe('the services that an event can concern', () => {
  test('are those of its source, for a call and for an event that is none', () => {
    expect(concerned(sampleEvent('ec2/StartInstances'))).toEqual([['ec2', 'ec2-image']]);
    expect(concerned({ source: 'aws.rds', 'detail-type': 'RDS DB Instance Event', detail: {} })).toEqual([['rds']]);
    expect(concerned(sampleEvent('s3/CreateBucket'))).toEqual([[]]);
  });

  test('are those of its resource type, for AWS Config and for a message of our own', () => {
    const named = { resourceType: 'AWS::EC2::Image', resourceId: 'ami-1', awsAccountId: '1', awsRegion: 'r' };
    const item = { 'detail-type': 'Config Configuration Item Change', detail: { configurationItem: named } };
    expect(concerned({ source: 'aws.config', ...item })).toEqual([['ec2-image']]);
    const recheck = { source: 'evenkeel', 'detail-type': 'Evenkeel Recheck' };
    expect(concerned({ ...recheck, detail: { ...named, resourceType: ACCOUNT } })).toEqual([['ec2', 'rds']]);
  });

  test('are none where nothing can be read', () => {
    expect(concerned([{ nonsense: true }, 'text'])).toEqual([[], []]);
  });
});

test('only what is asked for is loaded', async () => {
  const controls = await controlsOf(SERVICES.filter(({ id }) => id === 'rds'));
  expect([loaded, controls.map(({ id }) => id)]).toEqual([['rds'], ['rds-x']]);
});

test('a control belongs to the service with the longest id that it begins with', () => {
  expect(serviceOfControl('ec2-image-public', SERVICES)?.id).toBe('ec2-image');
  expect(serviceOfControl('ec2-images-public', SERVICES)?.id).toBe('ec2');
  expect(serviceOfControl('kms-key', SERVICES)).toBeUndefined();
});
