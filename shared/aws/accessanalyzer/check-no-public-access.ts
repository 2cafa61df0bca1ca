import {
  AccessAnalyzerClient,
  type AccessCheckResourceType,
  CheckNoPublicAccessCommand,
} from '@aws-sdk/client-accessanalyzer';
import type { Opinion } from '../../control.ts';
import type { Aws } from '../../resource.ts';
import { carried, IncompleteAnswerError } from '../answer.ts';

/** Asks IAM Access Analyzer whether a policy of this kind of resource lets everybody in. It needs no analyzer, keeps nothing, and AWS charges for each call. It says its reasons, else its message. Throws IncompleteAnswerError where the answer is neither yes nor no. Source: API reference, CheckNoPublicAccess. */
export async function checkNoPublicAccess(
  aws: Aws,
  resourceType: AccessCheckResourceType,
  policyDocument: string,
): Promise<Opinion> {
  const command = new CheckNoPublicAccessCommand({ policyDocument, resourceType });
  const { result, message = '', reasons = [] } = await aws(AccessAnalyzerClient).send(command);
  const answer: string = carried('CheckNoPublicAccess', 'result', result);
  if (answer !== 'PASS' && answer !== 'FAIL')
    throw new IncompleteAnswerError(`CheckNoPublicAccess answered with the result ${answer}`);
  const said = reasons.flatMap(({ description }) => description ?? []);
  return { isPublic: answer === 'FAIL', says: said.length > 0 ? said.join(' ') : message };
}
