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
    const created = new CreatePolicyCommand({
      PolicyName: account.name('reports'),
      PolicyDocument: documentOf('s3:Get*'),
    });
    const PolicyArn = (await iam.send(created)).Policy?.Arn ?? '';
    const GroupName = account.name('analysts');
    await iam.send(new CreateGroupCommand({ GroupName }));
    await iam.send(new AttachGroupPolicyCommand({ GroupName, PolicyArn }));
    return {
      state: async () => (await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId,
      neighbours: async () => ({
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
