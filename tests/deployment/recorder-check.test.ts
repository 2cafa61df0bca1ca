import { createRequire } from 'node:module';
import { ConfigServiceClient, PutConfigurationRecorderCommand } from '@aws-sdk/client-config-service';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/catalogue.ts';
import { testAccount } from '../support/sandbox.ts';

const account = await testAccount();

interface RecorderCheck {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
}
const Check: new (framework: object) => RecorderCheck = createRequire(import.meta.url)(
  `${ROOT}resources/recorder-check.cjs`,
);

/** What the framework does before it deploys these functions; `config` as it configures its own clients. */
async function beforeDeploy(functions: object, config: object = { region: account.region }): Promise<void> {
  const provider = { getAwsSdkV3Config: async () => config, getRegion: () => account.region };
  const framework = { service: { functions }, getProvider: () => provider, classes: { Error } };
  await new Check(framework).hooks['before:deploy:deploy']?.();
}
const withRules = { watch: {}, configRules: {} };

test('without rules of AWS Config nothing is asked', async () => {
  await beforeDeploy({ watch: {} }, { region: account.region, endpoint: 'http://127.0.0.1:9' });
});

test('rules without a recorder end the deploy before it begins', async () => {
  await expect(beforeDeploy(withRules)).rejects.toThrow(
    `configRules is true, and AWS Config has no configuration recorder in ${account.region}`,
  );
});

test('an answer that is none ends it too', async () => {
  const closed = { region: account.region, endpoint: 'http://127.0.0.1:9', maxAttempts: 1 };
  await expect(beforeDeploy(withRules, closed)).rejects.toThrow('ECONNREFUSED');
});

test('with a recorder it goes on', async () => {
  const roleARN = `arn:aws:iam::${account.accountId}:role/config`;
  const ConfigurationRecorder = { name: 'default', roleARN };
  await account.aws()(ConfigServiceClient).send(new PutConfigurationRecorderCommand({ ConfigurationRecorder }));
  await beforeDeploy(withRules);
});
