import {
  GetServiceSettingCommand,
  ResetServiceSettingCommand,
  SSMClient,
  UpdateServiceSettingCommand,
} from '@aws-sdk/client-ssm';
import { freshEvent } from '../fresh-event.ts';
import type { Scene } from '../scene.ts';

const SettingId = '/ssm/documents/console/public-sharing-permission';
/** Regions whose setting is none of the drift's: one where sharing is blocked, one where nobody ever set it. */
const [BLOCKED, UNSET] = ['eu-north-1', 'eu-central-1'] as const;

export default {
  title: 'The block of public SSM documents is turned off',
  expects: { 'ssm-document-public-sharing-blocked': 'remediated' },
  async prepare(account) {
    const { aws, region } = account;
    const block = new UpdateServiceSettingCommand({ SettingId, SettingValue: 'Disable' });
    for (const place of [region, BLOCKED]) await aws(SSMClient, place).send(block);
    const read = async (place: string) => {
      const { ServiceSetting } = await aws(SSMClient, place).send(new GetServiceSettingCommand({ SettingId }));
      return `${ServiceSetting?.SettingValue}, ${ServiceSetting?.Status}`;
    };
    return {
      state: () => read(region),
      neighbours: async () => ({
        [`public sharing of documents in ${BLOCKED}`]: await read(BLOCKED),
        [`public sharing of documents in ${UNSET}`]: await read(UNSET),
      }),
      async happen() {
        await aws(SSMClient).send(new ResetServiceSettingCommand({ SettingId }));
        return { event: freshEvent('ssm/ResetServiceSetting', account) };
      },
    };
  },
} satisfies Scene;
