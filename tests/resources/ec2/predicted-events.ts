import {
  accountSetting,
  arn,
  backedUp,
  NOTIFICATION,
  SERVICE_EVENT,
  type ServiceEvents,
  type Subject,
  type Unmodelled,
} from '../../support/predicted-events/service-events.ts';

const GROUP = 'sg-0a1b2c3d4e5f60718';
const IMAGE = 'ami-0a1b2c3d4e5f60718';
const INSTANCE = 'i-0a1b2c3d4e5f60718';
const NETWORK_ACL = 'acl-0a1b2c3d4e5f60718';
const ROUTE_TABLE = 'rtb-0a1b2c3d4e5f60718';
const SNAPSHOT = 'snap-0a1b2c3d4e5f60718';
const SUBNET = 'subnet-0a1b2c3d4e5f60718';
const VOLUME = 'vol-0a1b2c3d4e5f60718';
const VPC = 'vpc-0a1b2c3d4e5f60718';

/** As calls name it that take resources of several types: those that tag it, for example. */
const tagged = (id: string): Subject => ({ id, names: { ResourceId: id, Resource: id } });

const spotBid = (id: string): Unmodelled => ({ sample: 'ec2/BidFulfilledEvent', ids: [id], why: SERVICE_EVENT });
const stateChange = (id: string): Unmodelled => ({
  sample: 'ec2/EC2InstanceState-changeNotification',
  ids: [id],
  why: NOTIFICATION,
});

export default {
  types: {
    'AWS::::Account': accountSetting,
    'AWS::EC2::Image': tagged(IMAGE),
    'AWS::EC2::Instance': {
      ...tagged(INSTANCE),
      unmodelled: {
        'ec2.amazonaws.com BidFulfilledEvent': spotBid(INSTANCE),
        'aws.ec2 EC2 Instance State-change Notification': stateChange(INSTANCE),
      },
    },
    'AWS::EC2::NetworkAcl': tagged(NETWORK_ACL),
    'AWS::EC2::RouteTable': tagged(ROUTE_TABLE),
    'AWS::EC2::SecurityGroup': tagged(GROUP),
    'AWS::EC2::Snapshot': tagged(SNAPSHOT),
    'AWS::EC2::Subnet': tagged(SUBNET),
    'AWS::EC2::VPC': tagged(VPC),
    'AWS::EC2::Volume': {
      id: VOLUME,
      names: { ...tagged(VOLUME).names, ...backedUp(arn('ec2', `volume/${VOLUME}`)) },
      unmodelled: {
        'aws.backup Backup Job State Change': { sample: 'ec2/BackupJobStateChange', ids: [VOLUME], why: NOTIFICATION },
        'ec2.amazonaws.com BidFulfilledEvent': spotBid(VOLUME),
        'aws.ec2 EC2 Instance State-change Notification': stateChange(VOLUME),
        'aws.ec2 EBS Volume Notification': { sample: 'ec2/EBSVolumeNotification', ids: [VOLUME], why: NOTIFICATION },
      },
    },
  },
  names: {
    ec2: {
      GroupId: GROUP,
      SecurityGroupId: GROUP,
      VpcId: VPC,
      SubnetId: SUBNET,
      InstanceId: INSTANCE,
      VolumeId: VOLUME,
      SnapshotId: SNAPSHOT,
      SourceSnapshotId: 'snap-0bb1b2c3d4e5f607',
      ImageId: IMAGE,
      NetworkAclId: NETWORK_ACL,
      RouteTableId: ROUTE_TABLE,
      InternetGatewayId: 'igw-0a1b2c3d4e5f60718',
      NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718',
      PrefixListId: 'pl-0a1b2c3d4e5f60718',
      DestinationPrefixListId: 'pl-0a1b2c3d4e5f60718',
      FlowLogId: 'fl-0a1b2c3d4e5f60718',
      ReplaceRootVolumeTaskId: 'replacevol-0a1b2c3d4e5f60718',
    },
  },
} satisfies ServiceEvents;
