import { lookUpText } from '../engine/intake/denied-look-ups.ts';
import { denialText } from '../engine/sweep/listing-denials.ts';
import { lookedUpType } from '../ledger/denied-listings.ts';
import { DAY_MS } from '../time.ts';
import { type CheckResult, deploymentCheck, problemsOr, warn } from './diagnosis.ts';

/** Sweeps are made every day: what none has found denied for so long is swept no more, its region left out or its controls off. */
const FORGOTTEN_AFTER_MS = 3 * DAY_MS;

/** Whether every resource type can be listed in every region, as the functions' last sweeps found. */
export const listings = deploymentCheck({
  name: 'listings',
  remedy: "check your permissions on the ledger's table",
  async run(_deployment, { engine: { ledger, clock } }) {
    const now = clock.now().getTime();
    const problems = (await ledger.deniedListings.all()).flatMap(({ scope: { region, service }, types }) =>
      Object.entries(types)
        .filter(([, { isLasting, lastSeen }]) => isLasting && now - lastSeen < FORGOTTEN_AFTER_MS)
        .map(([key, { refusal }]): CheckResult => {
          const lookedUp = lookedUpType(key);
          const [message, next] =
            lookedUp === null
              ? [denialText(key, region, refusal), 'sweep']
              : [lookUpText(lookedUp, region, refusal), 'event'];
          const remedy = `${refusal.remedy}; the next ${next} tries again`;
          return { ...warn(message, remedy, `${region} ${service} ${key}`), isIncident: true };
        }),
    );
    return problemsOr(problems, 'no sweep and no look-up was refused');
  },
});
