import { distributionOpened } from './cloudfront.ts';
import { selectorsNarrowed, trailDeleted, trailStopped, trailUpdated } from './cloudtrail.ts';
import { tableUnprotected } from './dynamodb.ts';
import {
  defaultEgress,
  flowLogDeleted,
  imageShared,
  ingressAdded,
  instanceStarted,
  leftOpen,
  networkAclOpened,
  snapshotDeleted,
  snapshotShared,
} from './ec2.ts';
import { loadBalancerCreated } from './elasticloadbalancing.ts';
import {
  groupCreated,
  keyGrownOld,
  passwordPolicyWeak,
  passwordWithoutMfa,
  policyAllowsAll,
  policyAttachedToUser,
  roleEmpowered,
  rootWithoutDevice,
} from './iam.ts';
import { keyCreated } from './kms.ts';
import { logGroupMadeAgain } from './logs.ts';
import { functionOpened, functionWithSecret, keyOpened, queueOpened, roleTrusting, topicOpened } from './policies.ts';
import { clusterUnprotected, databaseOpen, databaseSnapshotShared } from './rds.ts';
import { warehousePublic } from './redshift.ts';
import { aclOpened, bucketMade } from './s3.ts';
import type { Stage } from './stage.ts';

/** By the name of the call, or by the type of what AWS Config tells of: how to bring about what the event speaks of. */
export const STAGES: Readonly<Record<string, Stage>> = {
  AuthorizeSecurityGroupIngress: ingressAdded,
  RevokeSecurityGroupIngress: leftOpen((r) => r.requestParameters.groupId),
  CreateSecurityGroup: leftOpen((r) => r.responseElements.groupId),
  ModifySecurityGroupRules: leftOpen((r) => r.requestParameters.ModifySecurityGroupRulesRequest.GroupId),
  AuthorizeSecurityGroupEgress: defaultEgress,
  RevokeSecurityGroupEgress: defaultEgress,
  CreateNetworkAclEntry: networkAclOpened,
  ReplaceNetworkAclEntry: networkAclOpened,
  DeleteNetworkAclEntry: networkAclOpened,
  RunInstances: instanceStarted((r) => r.responseElements.instancesSet.items[0].instanceId),
  StartInstances: instanceStarted((r) => r.requestParameters.instancesSet.items[0].instanceId),
  ModifySnapshotAttribute: snapshotShared,
  DeleteSnapshot: snapshotDeleted,
  DeleteFlowLogs: flowLogDeleted,
  DeleteLogGroup: logGroupMadeAgain,
  StopLogging: trailStopped,
  DeleteTrail: trailDeleted,
  UpdateTrail: trailUpdated,
  PutEventSelectors: selectorsNarrowed,
  CreateBucket: bucketMade((r) => r.requestParameters.bucketName),
  PutBucketAcl: aclOpened,
  ModifyImageAttribute: imageShared,
  ModifyDBSnapshotAttribute: databaseSnapshotShared,
  PutKeyPolicy: keyOpened,
  CreateRole: roleTrusting,
  UpdateAssumeRolePolicy: roleTrusting,
  CreateTopic: topicOpened,
  CreateQueue: queueOpened,
  AddPermission20150331v2: functionOpened,
  CreateTable: tableUnprotected,
  CreateFunction20150331: functionWithSecret,
  UpdateFunctionConfiguration20150331v2: functionWithSecret,
  CreateUser: keyGrownOld,
  CreateAccessKey: keyGrownOld,
  CreatePolicy: policyAllowsAll,
  CreatePolicyVersion: policyAllowsAll,
  SetDefaultPolicyVersion: policyAllowsAll,
  CreateGroup: groupCreated,
  AttachRolePolicy: roleEmpowered,
  CreateVirtualMFADevice: rootWithoutDevice,
  DeactivateMFADevice: rootWithoutDevice,
  DeleteVirtualMFADevice: rootWithoutDevice,
  CreateLoginProfile: passwordWithoutMfa,
  UpdateLoginProfile: passwordWithoutMfa,
  ConsoleLogin: passwordWithoutMfa,
  AttachUserPolicy: policyAttachedToUser,
  UpdateAccountPasswordPolicy: passwordPolicyWeak,
  DeleteAccountPasswordPolicy: passwordPolicyWeak,
  CreateKey: keyCreated,
  CreateCluster: warehousePublic,
  CreateDBCluster: clusterUnprotected,
  CreateLoadBalancer: loadBalancerCreated,
  CreateDistribution: distributionOpened,
  CreateDBInstance: databaseOpen,
  ModifyDBInstance: databaseOpen,
  'AWS::EC2::Instance': instanceStarted((r) => r.resourceId),
  'AWS::S3::Bucket': bucketMade((r) => r.resourceId),
};
