import { expect, test } from '@jest/globals';
import { undoOfCreateFlowLog } from '../../../shared/aws/ec2/flow-logs.ts';

const noCalls = () => {
  throw new Error('the states show it');
};
const REF = { resourceType: 'AWS::EC2::VPC', resourceId: 'vpc-1', accountId: '123456789012', region: 'eu-west-1' };
const logs = (...ids: string[]) => ({ flowLogs: ids.map((FlowLogId) => ({ FlowLogId })) });

test('the flow log whose answer was lost is the one that there was not before; of two nobody knows which', () => {
  const found = (before: object, after: object) => undoOfCreateFlowLog.lost?.input(before, after, noCalls, REF);
  expect(undoOfCreateFlowLog.lost?.operation).toBe('CreateFlowLogs');
  expect(found(logs('fl-1'), logs('fl-1', 'fl-2'))).toEqual({ FlowLogIds: ['fl-2'] });
  expect(found(logs(), logs('fl-1', 'fl-2'))).toBeNull();
  expect(found(logs('fl-1'), logs('fl-1'))).toBeNull();
  expect(found({}, {})).toBeNull();
});
