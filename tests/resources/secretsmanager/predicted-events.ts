import {
  arn,
  SERVICE_EVENT,
  type ServiceEvents,
  type Unmodelled,
} from '../../support/predicted-events/service-events.ts';

const SECRET = arn('secretsmanager', 'secret:orders/db-a1b2c3');
const SAMPLED = arn('secretsmanager', 'secret:prod/db-A1b2C3');

const ofSample = (sample: string): Unmodelled => ({ sample, ids: [SAMPLED], why: SERVICE_EVENT });

export default {
  types: {
    'AWS::SecretsManager::Secret': {
      id: SECRET,
      unmodelled: {
        'secretsmanager.amazonaws.com RotationFailed': ofSample('secretsmanager/RotationFailed'),
        'secretsmanager.amazonaws.com RotationSucceeded': ofSample('secretsmanager/RotationSucceeded'),
      },
    },
  },
  names: { secretsmanager: { SecretId: SECRET, ARN: SECRET } },
} satisfies ServiceEvents;
