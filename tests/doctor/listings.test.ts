import { expect, test } from '@jest/globals';
import { listings } from '../../shared/doctor/listings.ts';
import { type DeniedListing, lookUpKey } from '../../shared/ledger/denied-listings.ts';
import { DAY_MS } from '../../shared/time.ts';
import { contextWith, resultsOf } from '../support/doctor-context.ts';

const refusal = { by: 'a service control policy of the organization', remedy: 'allow the call' };

/** What the check says where a sweep was refused so. */
async function said(change: Partial<DeniedListing>, key = 'AWS::SQS::Queue') {
  const context = contextWith({});
  const now = context.engine.clock.now().getTime();
  const denied = { refusal, since: now - 9 * DAY_MS, lastSeen: now - DAY_MS, isLasting: true, ...change };
  const scope = { accountId: '111122223333', region: 'eu-west-3', service: 'sqs' };
  await context.engine.ledger.deniedListings.update(scope, () => ({ [key]: denied }));
  return resultsOf(listings, context);
}

test('a type that cannot be listed is named, with its region and who refuses', async () => {
  expect(await said({})).toEqual([
    {
      status: 'warning',
      isIncident: true,
      subject: 'eu-west-3 sqs AWS::SQS::Queue',
      message:
        'AWS::SQS::Queue cannot be listed in eu-west-3, and is not swept there: refused by a service control policy of the organization',
      remedy: 'allow the call; the next sweep tries again',
    },
  ]);
});

test('a type that cannot be looked up for an event is named as that', async () => {
  expect(await said({}, lookUpKey('AWS::SQS::Queue'))).toMatchObject([
    {
      message: expect.stringMatching(/^AWS::SQS::Queue cannot be looked up in eu-west-3 for events/),
      remedy: 'allow the call; the next event tries again',
    },
  ]);
});

test('what may still be answered at a retry, and what no sweep has asked for days, is no incident', async () => {
  const ok = [{ status: 'ok', subject: null, message: 'no sweep and no look-up was refused', remedy: null }];
  expect(await said({ isLasting: false })).toEqual(ok);
  expect(await said({ lastSeen: 0 })).toEqual(ok);
});

test('without a deployment nobody sweeps by schedule', async () => {
  expect(await resultsOf(listings, contextWith({}, { deployment: null }))).toEqual([]);
});
