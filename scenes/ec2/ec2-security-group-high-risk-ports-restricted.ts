import type { Scene } from '../scene.ts';
import { allowIngress, createGroup, HTTPS, ingressEvent, tcp, watchGroup } from './security-group.ts';

export default {
  title: 'Postgres is opened to all of IPv6',
  expects: { 'ec2-security-group-high-risk-ports-restricted': 'remediated' },
  async prepare(account) {
    const application = await createGroup(account, account.name('application'), [HTTPS]);
    const fromApplication = [{ GroupId: application, Description: 'the application' }];
    const group = await createGroup(account, account.name('database'), [
      tcp(5432, { UserIdGroupPairs: fromApplication }),
    ]);
    return {
      ...(await watchGroup(account, group, { others: [application] })),
      async happen() {
        await allowIngress(account, group, [tcp(5432, { Ipv6Ranges: [{ CidrIpv6: '::/0' }] })]);
        return { event: ingressEvent(account, group) };
      },
    };
  },
} satisfies Scene;
