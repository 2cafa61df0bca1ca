import { compliant, defineControl, nonCompliant, notApplicable } from '../../control.ts';
import { readable, Unreadable } from '../../resource.ts';
import { dbInstance } from '../../resources/rds/instance.ts';

export default defineControl({
  id: 'rds-instance-private-subnet-required',
  title: 'RDS instances must not be in subnets with a route to an internet gateway',
  severity: 'HIGH',
  resource: dbInstance,
  needs: ['subnets'],
  securityControlIds: ['RDS.46'],
  relatedRequirements: ['AWS FSBP RDS.46'],
  description:
    'No subnet of the DB subnet group of an instance may route 0.0.0.0/0 or ::/0 to an internet gateway, by its own route table or by the main one of the VPC. All subnets of the group count, since RDS may move the instance into any of them.',
  rationale:
    'In a private subnet a database cannot be reached from the Internet, whatever its security groups and its public accessibility say.',
  guidance:
    'Give the database a subnet group of private subnets: take a snapshot and restore it there, or, where the subnets were private before, delete the route to the internet gateway.',
  impact: 'disruptive',
  recommendedMode: 'detect',
  permissions: {},
  parameters: {},
  evaluate({ subnets: { DBInstanceStatus, subnets } }) {
    if (subnets === null) return notApplicable('The instance is in no VPC.');
    if (DBInstanceStatus === 'deleting') return notApplicable('It is being deleted.');
    const { group, public: open, unknown } = subnets;
    if (open.length > 0)
      return nonCompliant(`Subnets of ${group} route to an internet gateway: ${open.join(', ')}.`, open);
    if (unknown.length > 0)
      readable(new Unreadable(`the routes of ${unknown.join(', ')}`, new Error('no route table is shown for them')));
    return compliant(`No subnet of ${group} routes to an internet gateway.`);
  },
});
