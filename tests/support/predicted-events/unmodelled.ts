/** An event that no SDK's model describes: the sample that stands for it, the ids in it, and why there is no model. */
interface Unmodelled {
  readonly sample: string;
  readonly ids: readonly string[];
  readonly why: string;
}

const NOTIFICATION = 'the service sends it by itself, and no call is behind it';
const SERVICE_EVENT = 'CloudTrail records what the service did by itself, and no operation has the name';
const SIGN_IN = 'the sign-in page has no API';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-A1b2C3';

const ofCertificates = (sample: string): Unmodelled => ({ sample, ids: [CERTIFICATE], why: NOTIFICATION });

/** By type and event. */
export const UNMODELLED: Readonly<Record<string, Readonly<Record<string, Unmodelled>>>> = {
  'acm AWS::ACM::Certificate': {
    'aws.acm ACM Certificate Approaching Expiration': ofCertificates('acm/ACMCertificateApproachingExpiration'),
    'aws.acm ACM Certificate Available': ofCertificates('acm/ACMCertificateAvailable'),
    'aws.acm ACM Certificate Expired': ofCertificates('acm/ACMCertificateExpired'),
    'aws.acm ACM Certificate Renewal Action Required': ofCertificates('acm/ACMCertificateRenewalActionRequired'),
  },
  'ec2 AWS::EC2::Instance': {
    'ec2.amazonaws.com BidFulfilledEvent': { sample: 'ec2/BidFulfilledEvent', ids: [INSTANCE], why: SERVICE_EVENT },
    'aws.ec2 EC2 Instance State-change Notification': {
      sample: 'ec2/EC2InstanceState-changeNotification',
      ids: [INSTANCE],
      why: NOTIFICATION,
    },
  },
  'dynamodb AWS::DynamoDB::Table': {
    'aws.backup Backup Job State Change': {
      sample: 'dynamodb/BackupJobStateChange',
      ids: ['orders'],
      why: NOTIFICATION,
    },
  },
  'ec2 AWS::EC2::Volume': {
    'aws.backup Backup Job State Change': { sample: 'ec2/BackupJobStateChange', ids: [VOLUME], why: NOTIFICATION },
    'ec2.amazonaws.com BidFulfilledEvent': { sample: 'ec2/BidFulfilledEvent', ids: [VOLUME], why: SERVICE_EVENT },
    'aws.ec2 EC2 Instance State-change Notification': {
      sample: 'ec2/EC2InstanceState-changeNotification',
      ids: [VOLUME],
      why: NOTIFICATION,
    },
    'aws.ec2 EBS Volume Notification': { sample: 'ec2/EBSVolumeNotification', ids: [VOLUME], why: NOTIFICATION },
  },
  'elasticfilesystem AWS::EFS::FileSystem': {
    'aws.backup Backup Job State Change': {
      sample: 'elasticfilesystem/BackupJobStateChange',
      ids: ['fs-0a1b2c3d4e5f60718'],
      why: NOTIFICATION,
    },
  },
  'iam AWS::IAM::User': {
    'signin.amazonaws.com ConsoleLogin': { sample: 'iam/ConsoleLogin', ids: ['jo'], why: SIGN_IN },
  },
  'rds AWS::RDS::DBCluster': {
    'aws.rds RDS DB Cluster Event': { sample: 'rds/RDSDBClusterEvent', ids: ['sales'], why: NOTIFICATION },
  },
  'rds AWS::RDS::DBInstance': {
    'aws.backup Backup Job State Change': { sample: 'rds/BackupJobStateChange', ids: ['orders'], why: NOTIFICATION },
    'aws.rds RDS DB Instance Event': { sample: 'rds/RDSDBInstanceEvent', ids: ['orders'], why: NOTIFICATION },
  },
  'secretsmanager AWS::SecretsManager::Secret': {
    'secretsmanager.amazonaws.com RotationFailed': {
      sample: 'secretsmanager/RotationFailed',
      ids: [SECRET],
      why: SERVICE_EVENT,
    },
    'secretsmanager.amazonaws.com RotationSucceeded': {
      sample: 'secretsmanager/RotationSucceeded',
      ids: [SECRET],
      why: SERVICE_EVENT,
    },
  },
};
