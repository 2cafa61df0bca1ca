import type { PassingCall } from '../scripts/sandbox/serial-proxy.ts';
import type { Counts } from '../shared/cli/costs/model.ts';
import { consumption } from './dynamodb-units.ts';

/** What calls to AWS amount to. Time, log and invocations are not seen in them. */
export type Tally = Pick<
  Counts,
  'sqsRequests' | 'writeUnits' | 'readUnits' | 'publishes' | 's3Requests' | 'calls' | 'keptBytes'
>;
const NOTHING: Tally = {
  sqsRequests: 0,
  writeUnits: 0,
  readUnits: 0,
  publishes: 0,
  s3Requests: 0,
  calls: 0,
  keptBytes: 0,
};

/** Adds up what passing calls cost. */
export function tallying(): { see(call: PassingCall): void; taken(): Tally } {
  const consumedBy = consumption();
  let tally = NOTHING;
  const add = (more: Partial<Tally>) => {
    const sum = (name: keyof Tally) => tally[name] + (more[name] ?? 0);
    tally = Object.fromEntries(Object.keys(tally).map((name) => [name, sum(name as keyof Tally)])) as unknown as Tally;
  };

  return {
    see({ service, body }) {
      add({ calls: 1 });
      if (service === 'dynamodb') add(consumedBy(JSON.parse(body)));
      else if (service === 'sqs') add({ sqsRequests: 1 });
      else if (service === 's3') add({ s3Requests: 1 });
      else if (service === 'sns' && /(^|&)Action=Publish(&|$)/.test(body)) add({ publishes: 1 });
    },
    taken() {
      const taken = tally;
      tally = NOTHING;
      return taken;
    },
  };
}
