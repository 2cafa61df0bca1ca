/** A refusal that lasts: the same call is refused the next time, until a person changes something. */
export interface Refusal {
  /** Who refuses, in words that follow "refused by". */
  readonly by: string;
  /** What a person can do. */
  readonly remedy: string;
}

const refusedBy = (by: string, remedy: string, ...names: readonly string[]): Readonly<Record<string, Refusal>> =>
  Object.fromEntries(names.map((name) => [name, { by, remedy }]));

const CLOUDTRAIL_REFUSALS = {
  ...refusedBy(
    'CloudTrail: an organization trail requires permissions in AWS Organizations that Evenkeel does not have',
    'make the change with the management account or the delegated administrator',
    'CloudTrailAccessNotEnabledException',
    'InsufficientDependencyServiceAccessPermissionException',
    'NoManagementAccountSLRExistsException',
    'NotOrganizationManagementAccountException',
    'NotOrganizationMasterAccountException',
    'OrganizationNotInAllFeaturesModeException',
    'OrganizationsNotInUseException',
  ),
  ...refusedBy(
    'CloudTrail, which may not deliver to the destination of the trail (its bucket, topic, log group or key)',
    'allow cloudtrail.amazonaws.com to use what the error names, or give the trail another destination',
    'CloudWatchLogsDeliveryUnavailableException',
    'InsufficientEncryptionPolicyException',
    'InsufficientS3BucketPolicyException',
    'InsufficientSnsTopicPolicyException',
    'InvalidCloudWatchLogsLogGroupArnException',
    'InvalidCloudWatchLogsRoleArnException',
    'InvalidKmsKeyIdException',
    'InvalidS3BucketNameException',
    'InvalidSnsTopicNameException',
    'KmsException',
    'KmsKeyDisabledException',
    'KmsKeyNotFoundException',
    'S3BucketDoesNotExistException',
  ),
  ...refusedBy(
    'CloudTrail, which does not support this for such a trail',
    'make the change by hand; why it is refused is in the error',
    'InvalidEventSelectorsException',
    'InvalidHomeRegionException',
    'InvalidInsightSelectorsException',
    'OperationNotPermittedException',
    'UnsupportedOperationException',
  ),
  ...refusedBy(
    "the account's quota of trails in the region",
    'delete a trail that is not needed, or ask AWS for more',
    'MaximumNumberOfTrailsExceededException',
  ),
} as const;

// NoAvailableConfigurationRecorderException passes: a recorder that was just made may not be seen yet.
const CONFIG_REFUSALS = {
  ...refusedBy(
    'AWS Config, which cannot use the role or the delivery that the recorder names',
    'name a role and a bucket that AWS Config may use',
    'InsufficientDeliveryPolicyException',
    'InvalidRoleException',
    'InvalidSNSTopicARNException',
    'NoAvailableDeliveryChannelException',
    'NoSuchBucketException',
  ),
  ...refusedBy(
    'AWS Config: the recorder belongs to an AWS service',
    'change it in the service that made it',
    'UnmodifiableEntityException',
  ),
  ...refusedBy(
    'AWS Config, which allows one of these in a region',
    'change the one that is there',
    'MaxNumberOfConfigurationRecordersExceededException',
    'MaxNumberOfDeliveryChannelsExceededException',
  ),
} as const;

const EC2_NOT_PERMITTED = refusedBy(
  'EC2: an AWS service or the organization manages it',
  'change it where it is managed, or exempt the resource',
  'OperationNotPermitted',
  'UnsupportedOperation',
);

const KMS_REFUSALS = refusedBy(
  'KMS, which does not support this for a key of that kind',
  'make the change by hand; why it is refused is in the error',
  'UnsupportedOperationException',
);

const GUARDDUTY_REFUSALS = refusedBy(
  'GuardDuty, as it does where an administrator account manages the detector',
  "make the change with GuardDuty's administrator account, or exempt the resource",
  'BadRequestException',
);

/** A policy that the service does not accept as it stands. */
const policyRefusals = (...names: readonly string[]) =>
  refusedBy(
    'the service, which does not accept the policy as it stands (a principal that was deleted, for example)',
    'repair the policy by hand; what is wrong in it is in the error',
    ...names,
  );

const API_GATEWAY_REFUSALS = refusedBy(
  'API Gateway, which does not accept this setting here',
  'make the change by hand; why it is refused is in the error',
  'BadRequestException',
);

const RDS_REFUSALS = refusedBy(
  'RDS: what the database depends on does not allow a change (its network, its key, its cluster, its edition)',
  'repair what the error names, then it is tried again',
  'AuthorizationNotFoundFault',
  'InvalidParameterCombination',
  'InvalidVPCNetworkStateFault',
  'KMSKeyNotAccessibleFault',
  'NetworkTypeNotSupported',
  'StorageQuotaExceededFault',
  'VpcEncryptionControlViolationException',
);

// InvalidDBSnapshotState and InvalidDBClusterSnapshotStateFault pass: RDS is at work on the snapshot.
const SHARED_SNAPSHOT_REFUSALS = refusedBy(
  'the quota of accounts that a snapshot is shared with',
  'stop sharing the snapshot with accounts that do not need it',
  'SharedSnapshotQuotaExceeded',
  'SharedSnapshotQuotaExceededFault',
);

const TOO_MANY_TAGS = refusedBy(
  'the quota of tags of a resource, or the rules for their names',
  'remove a tag that is not needed, or name another tag',
  'BadRequest',
  'InvalidParameterValue',
  'TagLimitExceeded',
  'ValidationException',
);

const POLICY_REFUSALS = refusedBy(
  'S3, which does not accept the policy as it stands (a principal that was deleted, for example)',
  'repair the policy by hand; what is wrong in it is in the error',
  'InvalidPolicyDocument',
  'MalformedPolicy',
  'PolicyTooLarge',
);

/** Refusals of a service that no second try changes, by `service:operation`, for every call that a plan makes; the name alone does not say it (`LimitExceeded` is a quota here and a throttle there). Empty: only denials last. */
export const LASTING_ERRORS: Readonly<Record<string, Readonly<Record<string, Refusal>>>> = {
  // ConflictException passes: API Gateway is at work on it.
  'apigateway:UpdateDomainName': API_GATEWAY_REFUSALS,
  'apigateway:UpdateStage': API_GATEWAY_REFUSALS,
  'apigatewayv2:UpdateStage': API_GATEWAY_REFUSALS,
  'athena:UpdateWorkGroup': refusedBy(
    'Athena, which does not accept these settings for the workgroup',
    'change the settings by hand; why they are refused is in the error',
    'InvalidRequestException',
  ),
  'accessanalyzer:CreateAnalyzer': refusedBy(
    'the quota of analyzers in the region',
    'delete the analyzer of the account that does not work, or repair it',
    'ServiceQuotaExceededException',
  ),
  // ScalingActivityInProgress and ResourceContention pass.
  'autoscaling:UpdateAutoScalingGroup': refusedBy(
    'Auto Scaling, which does not accept these subnets',
    'name subnets of one VPC that exist; what is wrong is in the error',
    'ValidationError',
    'ValidationException',
  ),
  // PreconditionFailed and InvalidIfMatchVersion pass: the configuration was changed meanwhile, and is read again.
  'cloudfront:UpdateDistribution': refusedBy(
    'CloudFront, which does not accept the configuration as it stands',
    'repair what the error names by hand, then it is tried again',
    'IllegalUpdate',
    'InvalidArgument',
    'InvalidLocationCode',
    'InvalidMinimumProtocolVersion',
    'InvalidOrigin',
    'InvalidViewerCertificate',
    'NoSuchOrigin',
  ),
  'cloudtrail:CreateTrail': CLOUDTRAIL_REFUSALS,
  'cloudtrail:PutEventSelectors': CLOUDTRAIL_REFUSALS,
  'cloudtrail:PutInsightSelectors': CLOUDTRAIL_REFUSALS,
  'cloudtrail:StartLogging': CLOUDTRAIL_REFUSALS,
  'cloudtrail:UpdateTrail': CLOUDTRAIL_REFUSALS,
  'config:PutConfigurationRecorder': CONFIG_REFUSALS,
  'config:PutDeliveryChannel': CONFIG_REFUSALS,
  'config:StartConfigurationRecorder': CONFIG_REFUSALS,
  // ResourceInUseException and LimitExceededException pass: DynamoDB is at work on the table, or on too many.
  'dynamodb:TagResource': TOO_MANY_TAGS,
  // ContinuousBackupsUnavailableException and ResourceInUseException pass: DynamoDB is at work on the table.
  'dynamodb:UpdateContinuousBackups': {},
  'dynamodb:UpdateTable': {},
  'ec2:CreateFlowLogs': {
    ...EC2_NOT_PERMITTED,
    ...refusedBy(
      'the quota of flow logs of the VPC',
      'delete a flow log that is not needed, or ask AWS for more',
      'FlowLogsLimitExceeded',
    ),
  },
  'ec2:CreateNetworkAclEntry': {
    ...EC2_NOT_PERMITTED,
    ...refusedBy(
      'the quota of entries of the network ACL',
      'delete an entry that is not needed, or ask AWS for more',
      'NetworkAclEntryLimitExceeded',
    ),
  },
  'ec2:CreateTags': TOO_MANY_TAGS,
  'ec2:DeleteNetworkAclEntry': EC2_NOT_PERMITTED,
  'ec2:DeleteRoute': EC2_NOT_PERMITTED,
  'ec2:EnableEbsEncryptionByDefault': EC2_NOT_PERMITTED,
  'ec2:EnableSnapshotBlockPublicAccess': EC2_NOT_PERMITTED,
  'ec2:ModifyImageAttribute': EC2_NOT_PERMITTED,
  // IncorrectInstanceState and IncorrectState pass: the instance is starting or stopping.
  'ec2:ModifyInstanceMetadataOptions': EC2_NOT_PERMITTED,
  'ec2:ModifySnapshotAttribute': EC2_NOT_PERMITTED,
  'ec2:ModifySubnetAttribute': EC2_NOT_PERMITTED,
  'ec2:RevokeSecurityGroupEgress': EC2_NOT_PERMITTED,
  'ec2:RevokeSecurityGroupIngress': EC2_NOT_PERMITTED,
  'efs:TagResource': TOO_MANY_TAGS,
  'elasticloadbalancingv2:ModifyListener': refusedBy(
    'Elastic Load Balancing, which does not support this for such a listener',
    'make the change by hand; why it is refused is in the error',
    'IncompatibleProtocolsException',
    'InvalidConfigurationRequestException',
    'InvalidLoadBalancerActionException',
    'SSLPolicyNotFoundException',
    'UnsupportedProtocolException',
  ),
  'elasticloadbalancingv2:ModifyLoadBalancerAttributes': refusedBy(
    'Elastic Load Balancing, which may not write to the bucket or does not support the attribute for such a load balancer',
    'allow the log delivery of the region in the bucket policy (and use SSE-S3), or make the change by hand',
    'InvalidConfigurationRequestException',
  ),
  'guardduty:CreateDetector': GUARDDUTY_REFUSALS,
  'guardduty:UpdateDetector': GUARDDUTY_REFUSALS,
  'iam:DeleteUserPolicy': {},
  'iam:DetachUserPolicy': {},
  'iam:PutUserPolicy': {
    ...policyRefusals('MalformedPolicyDocument', 'MalformedPolicyDocumentException'),
    ...refusedBy(
      'the limit of the size of all policies of a user',
      'move policies of the user to a group by hand',
      'LimitExceeded',
      'LimitExceededException',
    ),
  },
  'iam:SetDefaultPolicyVersion': {},
  'iam:UpdateAccessKey': refusedBy(
    'a quota of IAM',
    'delete an access key that is not needed',
    'LimitExceeded',
    'LimitExceededException',
  ),
  'iam:UpdateAccountPasswordPolicy': {},
  'iam:UpdateAssumeRolePolicy': {
    ...policyRefusals('MalformedPolicyDocument', 'MalformedPolicyDocumentException'),
    ...refusedBy(
      'IAM: an AWS service manages the role',
      'make the change in the service that made the role',
      'UnmodifiableEntity',
      'UnmodifiableEntityException',
    ),
    ...refusedBy('a quota of IAM', 'shorten the policy by hand', 'LimitExceeded', 'LimitExceededException'),
  },
  'inspector2:Enable': refusedBy(
    'Inspector: an administrator account of the organization decides, or the region lacks the kind of scanning',
    'make the change with the administrator account, or leave the kind out of resourceTypes',
    'ValidationException',
  ),
  // KMSInvalidStateException passes where a key store is being connected; a key that is not to be deleted any more reads so.
  'kms:CancelKeyDeletion': KMS_REFUSALS,
  'kms:EnableKey': {
    ...KMS_REFUSALS,
    ...refusedBy('the quota of KMS keys', 'ask AWS for more keys', 'LimitExceededException'),
  },
  'kms:EnableKeyRotation': KMS_REFUSALS,
  'kms:PutKeyPolicy': {
    ...KMS_REFUSALS,
    ...policyRefusals('MalformedPolicyDocumentException'),
    ...refusedBy('the limit of the size of a key policy', 'shorten the policy by hand', 'LimitExceededException'),
  },
  // PreconditionFailedException passes: the policy was changed meanwhile, and is read again.
  'lambda:RemovePermission': policyRefusals('PublicPolicyException'),
  'lambda:UpdateFunctionUrlConfig': {},
  'cloudwatch:PutMetricAlarm': {
    ...refusedBy(
      'the quota of alarms in the region',
      'delete an alarm that is not needed, or ask AWS for more',
      'LimitExceeded',
      'LimitExceededFault',
    ),
    ...refusedBy(
      'CloudWatch, which does not accept the alarm (its topic may not exist)',
      'name a topic of the region that exists; what is wrong is in the error',
      'ValidationError',
      'ValidationException',
    ),
  },
  'cloudwatchlogs:AssociateKmsKey': refusedBy(
    'CloudWatch Logs, which cannot use the key',
    'allow logs.REGION.amazonaws.com to use the key for the log group, or name another key',
    'InvalidParameterException',
  ),
  // OperationAbortedException passes: somebody else changes the group at this moment.
  'cloudwatchlogs:PutMetricFilter': {
    ...refusedBy(
      'the quota of metric filters of a log group',
      'delete a metric filter that is not needed',
      'LimitExceededException',
    ),
    ...refusedBy(
      'CloudWatch Logs, which takes no such metric filter on this log group (its class may be Infrequent Access)',
      'have the trail deliver to a log group of the standard class; why it is refused is in the error',
      'InvalidOperationException',
      'InvalidParameterException',
    ),
  },
  'cloudwatchlogs:PutRetentionPolicy': refusedBy(
    'CloudWatch Logs, which does not let the retention of this group be changed',
    'change the policy that decides on it; why it is refused is in the error',
    'InvalidParameterException',
  ),
  'rds:AddTagsToResource': TOO_MANY_TAGS,
  // InvalidDBClusterStateFault and InvalidDBInstanceState pass: RDS is at work on the database.
  'rds:ModifyDBCluster': RDS_REFUSALS,
  'rds:ModifyDBClusterSnapshotAttribute': SHARED_SNAPSHOT_REFUSALS,
  'rds:ModifyDBInstance': RDS_REFUSALS,
  // InvalidDBParameterGroupState passes: RDS is at work on the group.
  'rds:ModifyDBParameterGroup': refusedBy(
    'RDS, which does not accept the parameter in this group',
    'set the parameter by hand; why it is refused is in the error',
    'DBParameterGroupNotFound',
    'DBParameterGroupNotFoundFault',
    'InvalidParameterValue',
  ),
  'rds:ModifyDBSnapshotAttribute': SHARED_SNAPSHOT_REFUSALS,
  // InvalidClusterStateFault passes: Redshift is at work on the cluster.
  'redshift:EnableLogging': refusedBy(
    'Redshift, which may not write to the bucket that the logs would go to',
    'allow redshift.amazonaws.com to put objects into it and to read its ACL, or name another bucket',
    'BucketNotFoundFault',
    'InsufficientS3BucketPolicyFault',
    'InvalidS3BucketNameFault',
    'InvalidS3KeyPrefixFault',
    'UnsupportedOperationFault',
  ),
  'redshift:ModifyCluster': refusedBy(
    'Redshift: what the cluster depends on does not allow a change (its network, its Elastic IP)',
    'repair what the error names, then it is tried again',
    'InvalidElasticIpFault',
    'UnauthorizedOperation',
    'UnsupportedOperationFault',
    'UnsupportedOptionFault',
  ),
  's3:PutBucketAcl': refusedBy(
    'S3: the bucket accepts no ACLs, or not this one',
    'set the ownership of objects, or the ACL, by hand',
    'AccessControlListNotSupported',
    'InvalidBucketAclWithObjectOwnership',
    'MalformedACLError',
  ),
  's3:PutBucketEncryption': refusedBy(
    'S3 or KMS, which does not accept the key that kmsKeyArn names',
    "name a key of the bucket's region that exists and is enabled",
    'InvalidArgument',
    'KMS.DisabledException',
    'KMS.NotFoundException',
  ),
  's3:PutBucketLogging': refusedBy(
    'S3, which may not write to the bucket that the logs would go to',
    "allow logging.s3.amazonaws.com to write to it, or name another bucket of the bucket's region",
    'CrossLocationLoggingProhibited',
    'CrossLocationLoggingProhibitted',
    'InvalidTargetBucketForLogging',
  ),
  's3:PutBucketPolicy': POLICY_REFUSALS,
  's3:PutPublicAccessBlock': {},
  's3control:PutPublicAccessBlock': {},
  'securityhub:EnableSecurityHub': refusedBy(
    'Security Hub, which the organization configures centrally here',
    'make the change with the administrator account',
    'InvalidAccessException',
  ),
  'sns:SetTopicAttributes': policyRefusals('InvalidParameter', 'InvalidParameterException'),
  'sqs:SetQueueAttributes': policyRefusals('InvalidAttributeValue'),
  'ssm:ModifyDocumentPermission': refusedBy(
    'the quota of accounts that a document is shared with',
    'stop sharing the document with accounts that do not need it',
    'DocumentPermissionLimit',
  ),
  'ssm:UpdateServiceSetting': {},
  // WAFUnavailableEntityException and WAFInternalErrorException pass: a new web ACL takes some minutes to spread.
  'wafv2:AssociateWebACL': refusedBy(
    'WAF, which does not know the web ACL or does not associate it with this load balancer',
    'name a web ACL of the region that exists; what is wrong is in the error',
    'WAFFeatureNotIncludedInPricingPlanException',
    'WAFInvalidOperationException',
    'WAFInvalidParameterException',
    'WAFLimitsExceededException',
    'WAFNonexistentItemException',
  ),
};
