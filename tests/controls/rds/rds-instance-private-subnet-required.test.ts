import scene from '../../../scenes/rds/rds-instance-private-subnet-required.ts';
import control from '../../../shared/controls/rds/rds-instance-private-subnet-required.ts';
import { testControl } from '../../support/test-control.ts';
import { testScene } from '../../support/test-scene.ts';

const instance = { DBInstanceStatus: 'available', Engine: 'postgres', DBClusterIdentifier: null };
const given = (open: readonly string[], unknown: readonly string[] = []) => ({
  subnets: { ...instance, subnets: { group: 'private', public: [...open], unknown: [...unknown] } },
});

testControl(control, {
  resourceId: 'orders',
  compliant: { 'in private subnets': given([]) },
  notApplicable: {
    'in no VPC': { subnets: { ...instance, subnets: null } },
    'being deleted': { subnets: { ...given(['subnet-1']).subnets, DBInstanceStatus: 'deleting' } },
  },
  unreadable: {
    'with a subnet whose routes nobody shows': [given([], ['subnet-2']), 'could not read the routes of subnet-2'],
  },
  nonCompliant: {
    'in a subnet that leads to the Internet': {
      given: given(['subnet-1']),
      plan: [],
      says: 'Subnets of private route to an internet gateway: subnet-1.',
      same: { 'whatever the others do': given(['subnet-1'], ['subnet-2']) },
      other: { 'in two of them': given(['subnet-1', 'subnet-2']) },
    },
  },
});

testScene(control, scene);
