import { GetWebACLForResourceCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import type { Aws } from '../../resource.ts';
import { IncompleteAnswerError } from '../answer.ts';

/** The web ACL that protects a resource, by its ARN; null where none does. */
export async function webAclOf(aws: Aws, ResourceArn: string): Promise<{ readonly arn: string } | null> {
  const { WebACL } = await aws(WAFV2Client).send(new GetWebACLForResourceCommand({ ResourceArn }));
  if (WebACL === undefined) return null;
  if (WebACL.ARN === undefined) throw new IncompleteAnswerError('GetWebACLForResource answered without ARN');
  return { arn: WebACL.ARN };
}
