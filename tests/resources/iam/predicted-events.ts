import { accountSetting, arn, type ServiceEvents } from '../../support/predicted-events/service-events.ts';

const ofIam = (resource: string) => arn('iam', resource, { region: '' });
const POLICY = ofIam('policy/deploy');

export default {
  types: {
    'AWS::::Account': {
      ...accountSetting,
      byRoot: true,
      names: { UserName: 'AWS ROOT USER', SerialNumber: ofIam('mfa/root-account-mfa-device') },
    },
    'AWS::IAM::Group': { id: 'developers' },
    'AWS::IAM::Policy': { id: POLICY, names: { Arn: POLICY } },
    'AWS::IAM::Role': { id: 'deploy' },
    'AWS::IAM::User': {
      id: 'jo',
      unmodelled: {
        'signin.amazonaws.com ConsoleLogin': {
          sample: 'iam/ConsoleLogin',
          ids: ['jo'],
          why: 'the sign-in page has no API',
        },
      },
    },
  },
  names: { iam: { UserName: 'jo', GroupName: 'developers', RoleName: 'deploy', PolicyArn: POLICY } },
} satisfies ServiceEvents;
