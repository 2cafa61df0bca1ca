import { describe, expect, test } from '@jest/globals';
import { serviceOfGroup, serviceOfTags } from '../../shared/aws/service-managed.ts';

describe('serviceOfTags', () => {
  test.each([
    ['aws:eks:cluster-name', 'EKS'],
    ['aws:backup:source-resource', 'AWS Backup'],
    ['aws:elasticfilesystem:default-backup', 'EFS'],
  ])('knows what carries %s', (key, service) => {
    expect(serviceOfTags({ Name: 'x', [key]: 'y' })).toBe(service);
    expect(serviceOfTags({ [key]: '' })).toBe(service);
  });

  test('takes nothing that anybody can set for an owner', () => {
    const others: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'eks:cluster-name': 'x' },
      { Name: 'aws:eks:cluster-name' },
      { 'AWS:EKS:CLUSTER-NAME': 'x' },
      { 'aws:cloudformation:stack-name': 'x' },
    ];
    for (const tags of others) expect(serviceOfTags(tags)).toBeNull();
  });
});

describe('serviceOfGroup', () => {
  const groups: readonly (readonly [name: string, description: string, service: string])[] = [
    [
      'eks-cluster-sg-prod-1234567890',
      'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.',
      'EKS',
    ],
    [
      'd-9067012345_controllers',
      'AWS created security group for d-9067012345 directory controllers',
      'Directory Service',
    ],
    [
      'default_elb_0a1b2c3d-4e5f-3a6b',
      'ELB created security group used when no security group is specified during ELB creation - modifications could impact traffic to future ELBs',
      'Elastic Load Balancing',
    ],
    [
      'rds-ec2-1',
      'Security group attached to database-1 to allow EC2 instances with specific security groups attached to connect to the database. Modification could lead to connection loss.',
      'RDS',
    ],
    [
      'ec2-rds-1',
      'Security group attached to instances to securely connect to database-1. Modification could lead to connection loss.',
      'RDS',
    ],
    [
      'lambda-rds-2',
      'Security group attached to function to securely connect to database-1. Modification could lead to connection loss.',
      'RDS',
    ],
  ];

  test.each(groups)('knows %s', (name, description, service) => {
    expect(serviceOfGroup(name, description)).toBe(service);
  });

  test.each(groups)(
    'asks for both: %s by its name alone, or its description alone, is anybody’s',
    (name, description) => {
      expect(serviceOfGroup(name, 'my own group')).toBeNull();
      expect(serviceOfGroup('web', description)).toBeNull();
      expect(serviceOfGroup(`my ${name}`, description)).toBeNull();
      expect(serviceOfGroup(name, `my ${description}`)).toBeNull();
    },
  );

  test('does not mix one service’s name with another’s description', () => {
    for (const [name] of groups)
      for (const [other, description, service] of groups)
        if (service !== groups.find(([own]) => own === name)?.[2] && other !== name)
          expect(serviceOfGroup(name, description)).toBeNull();
  });

  test('knows nothing of the default group', () => {
    expect(serviceOfGroup('default', 'default VPC security group')).toBeNull();
  });
});
