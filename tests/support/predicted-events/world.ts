import type { AnyResource } from '../../../shared/control.ts';
import { REGION, SAMPLE_ACCOUNT } from '../samples.ts';

/** What members of the API stand for, by their names. */
type Names = Readonly<Record<string, string>>;

const arn = (service: string, resource: string, region = REGION, account = SAMPLE_ACCOUNT) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

const LOAD_BALANCER = arn('elasticloadbalancing', 'loadbalancer/app/web/50dc6c495c0c9188');
const LISTENER = LOAD_BALANCER.replace('loadbalancer', 'listener').concat('/f2f7dc8efc522ab2');
const TRAIL = arn('cloudtrail', 'trail/organisation');
const TABLE = arn('dynamodb', 'table/orders');
const SECRET = arn('secretsmanager', 'secret:orders/db-a1b2c3');
const TOPIC = arn('sns', 'orders');
const QUEUE = `https://sqs.${REGION}.amazonaws.com/${SAMPLE_ACCOUNT}/orders`;
const CERTIFICATE = arn('acm', 'certificate/4f0c6a53-2c0e-4a39-9a0e-1f6f0a6d2b11');
const KEY = '5b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45';
const FILE_SYSTEM = 'fs-0a1b2c3d4e5f60718';
const POLICY = arn('iam', 'policy/deploy', '');

/** An account in which everything is there once, by the SDK whose model has the names. Of what is made from something else, the source is called otherwise. */
const ACCOUNT: Readonly<Record<string, Names>> = {
  acm: { CertificateArn: CERTIFICATE },
  apigateway: { restApiId: 'a1b2c3d4e5', stageName: 'prod', domainName: 'api.example.com' },
  apigatewayv2: { ApiId: 'f6g7h8i9j0', StageName: 'live', DomainName: 'api.example.com' },
  athena: { WorkGroup: 'analysts' },
  autoscaling: { AutoScalingGroupName: 'web', ResourceType: 'auto-scaling-group' },
  cloudfront: { Id: 'E1A2B3C4D5E6F7', PrimaryDistributionId: 'E0PRIMARY000000' },
  cloudtrail: {
    TrailARN: TRAIL,
    TrailName: 'organisation',
    S3BucketName: 'reports',
    CloudWatchLogsLogGroupArn: arn('logs', 'log-group:/orders/api:*'),
  },
  cloudwatchlogs: { logGroupName: '/orders/api' },
  dynamodb: { TableName: 'orders', TargetTableName: 'orders', TableArn: TABLE, SourceTableName: 'orders-before' },
  ec2: {
    GroupId: 'sg-0a1b2c3d4e5f60718',
    SecurityGroupId: 'sg-0a1b2c3d4e5f60718',
    VpcId: 'vpc-0a1b2c3d4e5f60718',
    SubnetId: 'subnet-0a1b2c3d4e5f60718',
    InstanceId: 'i-0a1b2c3d4e5f60718',
    VolumeId: 'vol-0a1b2c3d4e5f60718',
    SnapshotId: 'snap-0a1b2c3d4e5f60718',
    SourceSnapshotId: 'snap-0bb1b2c3d4e5f607',
    ImageId: 'ami-0a1b2c3d4e5f60718',
    NetworkAclId: 'acl-0a1b2c3d4e5f60718',
    RouteTableId: 'rtb-0a1b2c3d4e5f60718',
    InternetGatewayId: 'igw-0a1b2c3d4e5f60718',
    NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
    PrefixListId: 'pl-0a1b2c3d4e5f60718',
    DestinationPrefixListId: 'pl-0a1b2c3d4e5f60718',
    FlowLogId: 'fl-0a1b2c3d4e5f60718',
    ReplaceRootVolumeTaskId: 'replacevol-0a1b2c3d4e5f60718',
  },
  efs: { FileSystemId: FILE_SYSTEM },
  elasticloadbalancingv2: {
    LoadBalancerArn: LOAD_BALANCER,
    ListenerArn: LISTENER,
    RuleArn: LISTENER.replace('listener', 'listener-rule').concat('/9683b2d02a6cabee'),
  },
  guardduty: { DetectorId: '12abc34d567e8fa901bc2d34e56789f0' },
  iam: { UserName: 'jo', GroupName: 'developers', RoleName: 'deploy', PolicyArn: POLICY },
  kms: { KeyId: KEY, ReplicaRegion: REGION },
  lambda: { FunctionName: 'orders' },
  rds: {
    DBInstanceIdentifier: 'orders',
    TargetDBInstanceIdentifier: 'orders',
    SourceDBInstanceIdentifier: 'orders-before',
    DBClusterIdentifier: 'shop',
    TargetDBClusterIdentifier: 'shop',
    SourceDBClusterIdentifier: 'shop-before',
    DBSnapshotIdentifier: 'orders-monday',
    TargetDBSnapshotIdentifier: 'orders-monday',
    SourceDBSnapshotIdentifier: 'orders-sunday',
    DBClusterSnapshotIdentifier: 'shop-monday',
    TargetDBClusterSnapshotIdentifier: 'shop-monday',
    SourceDBClusterSnapshotIdentifier: 'shop-sunday',
    DBParameterGroupName: 'orders-parameters',
    DBSubnetGroupName: 'orders-subnets',
    SubnetIdentifier: 'subnet-0a1b2c3d4e5f60718',
    VpcId: 'vpc-0a1b2c3d4e5f60718',
  },
  redshift: { ClusterIdentifier: 'warehouse', ParameterGroupName: 'warehouse-parameters' },
  s3: { Bucket: 'reports', Name: 'reports' },
  secretsmanager: { SecretId: SECRET, ARN: SECRET },
  sns: { TopicArn: TOPIC },
  sqs: { QueueUrl: QUEUE, QueueName: 'orders' },
  ssm: {},
  wafv2: {
    ResourceArn: LOAD_BALANCER,
    WebACLArn: arn('wafv2', 'regional/webacl/shop/5b1c6f0e-5d3a-4f5e-8d0b-2f7a9c3e6d45'),
  },
};

/** One resource of a type: its id, which events have to lead to, and how the calls name it that take resources of several types. */
export interface Subject {
  readonly id: string;
  /** Where several APIs share an event source: the one that has the type. */
  readonly sdk?: string;
  readonly names?: Names;
  /** Its own calls are the root user's. */
  readonly byRoot?: true;
}

const ofEc2 = (name: string): Subject => {
  const id = ACCOUNT.ec2?.[name] ?? '';
  return { id, names: { ResourceId: id, Resource: id } };
};
const ofRds = (id: string, resource: string): Subject => ({ id, names: { ResourceName: arn('rds', resource) } });
/** As AWS Backup names what it has backed up, and what it is to back up. */
const backedUp = (resourceArn: string): Names => ({ ResourceArn: resourceArn, 'backup Resource': resourceArn });
const setting: Subject = { id: SAMPLE_ACCOUNT };

/** One of each type, by service and type. A type that is not here stops the test: its line says the id and the names that only its own calls use. */
const SUBJECTS: Readonly<Record<string, Subject>> = {
  'accessanalyzer AWS::::Account': setting,
  'acm AWS::ACM::Certificate': { id: CERTIFICATE },
  'apigateway AWS::ApiGateway::DomainName': {
    id: 'api.example.com',
    sdk: 'apigateway',
    names: { resourceArn: arn('apigateway', '/domainnames/api.example.com', REGION, '') },
  },
  'apigateway AWS::ApiGateway::Stage': {
    id: 'a1b2c3d4e5/prod',
    sdk: 'apigateway',
    names: { resourceArn: arn('apigateway', '/restapis/a1b2c3d4e5/stages/prod', REGION, '') },
  },
  'apigateway AWS::ApiGatewayV2::Stage': {
    id: 'f6g7h8i9j0/live',
    sdk: 'apigatewayv2',
    names: { ResourceArn: arn('apigateway', '/apis/f6g7h8i9j0/stages/live', REGION, '') },
  },
  'athena AWS::Athena::WorkGroup': {
    id: 'analysts',
    names: { Name: 'analysts', ResourceARN: arn('athena', 'workgroup/analysts') },
  },
  'autoscaling AWS::AutoScaling::AutoScalingGroup': { id: 'web', names: { ResourceId: 'web' } },
  'cloudfront AWS::CloudFront::Distribution': {
    id: 'E1A2B3C4D5E6F7',
    names: { Resource: arn('cloudfront', 'distribution/E1A2B3C4D5E6F7', '') },
  },
  'cloudtrail AWS::::Account': setting,
  'cloudtrail AWS::CloudTrail::Trail': { id: TRAIL, names: { Name: 'organisation', ResourceId: TRAIL } },
  'config AWS::::Account': setting,
  'dynamodb AWS::DynamoDB::Table': { id: 'orders', names: backedUp(TABLE) },
  'ec2 AWS::::Account': setting,
  'ec2 AWS::EC2::Image': ofEc2('ImageId'),
  'ec2 AWS::EC2::Instance': ofEc2('InstanceId'),
  'ec2 AWS::EC2::NetworkAcl': ofEc2('NetworkAclId'),
  'ec2 AWS::EC2::RouteTable': ofEc2('RouteTableId'),
  'ec2 AWS::EC2::SecurityGroup': ofEc2('GroupId'),
  'ec2 AWS::EC2::Snapshot': ofEc2('SnapshotId'),
  'ec2 AWS::EC2::Subnet': ofEc2('SubnetId'),
  'ec2 AWS::EC2::VPC': ofEc2('VpcId'),
  'ec2 AWS::EC2::Volume': {
    ...ofEc2('VolumeId'),
    names: { ...ofEc2('VolumeId').names, ...backedUp(arn('ec2', `volume/${ACCOUNT.ec2?.VolumeId}`)) },
  },
  'elasticfilesystem AWS::EFS::FileSystem': {
    id: FILE_SYSTEM,
    names: { ResourceId: FILE_SYSTEM, ...backedUp(arn('elasticfilesystem', `file-system/${FILE_SYSTEM}`)) },
  },
  'elasticloadbalancing AWS::ElasticLoadBalancingV2::Listener': { id: LISTENER, names: { ResourceArn: LISTENER } },
  'elasticloadbalancing AWS::ElasticLoadBalancingV2::LoadBalancer': {
    id: LOAD_BALANCER,
    names: { ResourceArn: LOAD_BALANCER },
  },
  'guardduty AWS::::Account': setting,
  'iam AWS::::Account': {
    ...setting,
    byRoot: true,
    names: { UserName: 'AWS ROOT USER', SerialNumber: arn('iam', 'mfa/root-account-mfa-device', '') },
  },
  'iam AWS::IAM::Group': { id: 'developers' },
  'iam AWS::IAM::Policy': { id: POLICY, names: { Arn: POLICY } },
  'iam AWS::IAM::Role': { id: 'deploy' },
  'iam AWS::IAM::User': { id: 'jo' },
  'inspector2 AWS::::Account': setting,
  'kms AWS::KMS::Key': { id: KEY, names: { Arn: arn('kms', `key/${KEY}`) } },
  'lambda AWS::Lambda::Function': { id: 'orders', names: { Resource: arn('lambda', 'function:orders') } },
  'logs AWS::Logs::LogGroup': { id: '/orders/api', names: { resourceArn: arn('logs', 'log-group:/orders/api') } },
  'rds AWS::RDS::DBCluster': ofRds('shop', 'cluster:shop'),
  'rds AWS::RDS::DBClusterSnapshot': ofRds('shop-monday', 'cluster-snapshot:shop-monday'),
  'rds AWS::RDS::DBInstance': {
    id: 'orders',
    names: { ...ofRds('orders', 'db:orders').names, ...backedUp(arn('rds', 'db:orders')) },
  },
  'rds AWS::RDS::DBSnapshot': ofRds('orders-monday', 'snapshot:orders-monday'),
  'redshift AWS::Redshift::Cluster': { id: 'warehouse', names: { ResourceName: arn('redshift', 'cluster:warehouse') } },
  's3 AWS::::Account': { ...setting, sdk: 's3control' },
  's3 AWS::S3::Bucket': { id: 'reports', names: { ResourceArn: 'arn:aws:s3:::reports' } },
  'secretsmanager AWS::SecretsManager::Secret': { id: SECRET },
  'securityhub AWS::::Account': setting,
  'shield AWS::::Account': setting,
  'sns AWS::SNS::Topic': { id: TOPIC, names: { ResourceArn: TOPIC } },
  'sqs AWS::SQS::Queue': { id: QUEUE },
  'ssm AWS::::Account': {
    ...setting,
    names: { SettingId: '/ssm/documents/console/public-sharing-permission' },
  },
  'ssm AWS::SSM::Document': {
    id: 'restart',
    names: { Name: 'restart', ResourceId: 'restart', ResourceType: 'Document' },
  },
  'ssm AWS::SSM::Parameter': {
    id: '/orders/db',
    names: { Name: '/orders/db', ResourceId: '/orders/db', ResourceType: 'Parameter' },
  },
};

/** The types that the account holds one of, each as `<service> <type>`. */
export const KNOWN_TYPES = Object.keys(SUBJECTS);
export const typeKey = ({ service, type }: AnyResource): string => `${service.id} ${type}`;

/** The one resource of a type. Throws where the account holds none. */
export function subjectOf(resource: AnyResource): Subject {
  const subject = SUBJECTS[typeKey(resource)];
  if (subject === undefined)
    throw new Error(`${typeKey(resource)} needs a line among SUBJECTS of tests/support/predicted-events/world.ts`);
  return subject;
}

/** What a member of an SDK's model stands for, where the account has a word for it. */
export const namedIn = (sdk: string, { names = {} }: Subject, member: string): string | undefined =>
  names[`${sdk} ${member}`] ?? names[member] ?? ACCOUNT[sdk]?.[member];

/** Another one of the kind, as a list names it beside the first. */
export const another = (text: string): string => text.replace(/.$/, (last) => (last === '9' ? '8' : '9'));
