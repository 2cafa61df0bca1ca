import {
  AttachGroupPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  GetPolicyCommand,
  IAMClient,
  ListAttachedGroupPoliciesCommand,
} from '@aws-sdk/client-iam';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';
import { documentOf } from './policies.ts';

export default {
  title: 'A policy that allowed reading gets a version that allows everything',
  expects: { 'iam-policy-admin-statements-prohibited': 'remediated' },
  async prepare(account) {
    const iam = account.aws(IAMClient);
    const create = async () => {
      const PolicyName = account.name('reports');
      const created = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: documentOf('s3:Get*') }));
      return created.Policy?.Arn ?? '';
    };
    const [PolicyArn, other] = [await create(), await create()];
    const versionOf = async (arn: string) =>
      (await iam.send(new GetPolicyCommand({ PolicyArn: arn }))).Policy?.DefaultVersionId;
    const GroupName = account.name('analysts');
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    return {
      state: () => versionOf(PolicyArn),
      neighbours: async () => ({
        [`policy ${other}`]: await versionOf(other),
        'policies of the group': (await iam.send(new ListAttachedGroupPoliciesCommand({ GroupName }))).AttachedPolicies,
      }),
      async happen() {
        const PolicyDocument = documentOf('*');
        await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument, SetAsDefault: true }));
        return { event: freshEvent('iam/CreatePolicyVersion', account, { 'requestParameters.policyArn': PolicyArn }) };
      },
    };
  },
} satisfies Scene;
