import type { Scene } from '../scene.ts';
import { allowIngress, createGroup, EVERYWHERE, from, HTTPS, ingressEvent, tcp, watchGroup } from './security-group.ts';

export default {
  title: 'A port that nobody authorized is opened to the world',
  expects: { 'ec2-security-group-open-ports-authorized': 'remediated' },
  async prepare(account) {
    const group = await createGroup(account, account.name('telemetry'), [HTTPS]);
    const other = await createGroup(account, account.name('web'), [HTTPS]);
    return {
      ...(await watchGroup(account, group, { others: [other] })),
      async happen() {
        await allowIngress(account, group, [tcp(4317, from(EVERYWHERE, 'for now'))]);
        return { event: ingressEvent(account, group) };
      },
    };
  },
} satisfies Scene;
