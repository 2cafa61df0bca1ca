import { beforeAll, describe, expect, test } from '@jest/globals';
import { statementsWith } from '../../../scripts/generate/functions.ts';
import { outcomesParts, outcomesStatements } from '../../../scripts/generate/outcomes.ts';
import { type Stack, stackFor } from '../../../scripts/generate/stack.ts';
import { DOMAINS } from '../../../shared/service.ts';

const BOTH = ['outcomes', 'security-hub', 'outcome-events'];
let without: Stack;
let all: Stack;
beforeAll(async () => {
  without = await stackFor(['slack']);
  all = await stackFor(['slack', ...BOTH]);
});

describe('where nobody asks for outcomes', () => {
  test('nothing of them is in the template', () => {
    expect(JSON.stringify(without).match(/outcomes|BatchImport|PutEvents\b/gi)).toBeNull();
  });

  test('it is byte for byte what is left of one with them', () => {
    const left = JSON.stringify(all, (name, value: unknown) => {
      if (/^outcomes/i.test(name)) return undefined;
      if (Array.isArray(value))
        return value.filter((one) => one?.Sid !== 'SendOutcomes' && one !== '!functions/outcomes/**');
      const isFeed = name === 'environment' && Object.hasOwn(value as object, 'EVENKEEL_OUTCOMES_QUEUE');
      const isOutput = name === 'Outputs' && Object.keys(value as object).every((one) => one.startsWith('Outcomes'));
      return isFeed || isOutput ? undefined : value;
    });
    expect(left).toBe(JSON.stringify(without));
  });
});

test('where somebody does, every domain sends to the queue, and the watch does not', () => {
  for (const domain of DOMAINS)
    expect(all.functions[domain]).toMatchObject({
      environment: { EVENKEEL_OUTCOMES_QUEUE: { Ref: 'OutcomesQueue' } },
    });
  expect(all.functions.watch).not.toHaveProperty('environment');
  expect(all.resources.Resources).toMatchObject({ OutcomesQueue: {}, OutcomesMapping: {}, OutcomesBacklogAlarm: {} });
});

test.each<[string, readonly string[], readonly string[], object]>([
  ['Security Hub', ['security-hub'], ['ImportFindings'], { EVENKEEL_SECURITY_HUB: 'true' }],
  ['events', ['outcome-events'], ['PutEvents'], { EVENKEEL_OUTCOMES_BUS: { Ref: 'OutcomesBus' } }],
  [
    'both',
    BOTH,
    ['PutEvents', 'ImportFindings'],
    { EVENKEEL_OUTCOMES_BUS: { Ref: 'OutcomesBus' }, EVENKEEL_SECURITY_HUB: 'true' },
  ],
])('for %s the function may do that alone', (_, asked, sids, environment) => {
  const { settings, resources = {}, outputs = {} } = outcomesParts(asked);
  const bus = sids.includes('PutEvents') ? ['OutcomesBus'] : [];
  expect(settings).toEqual({ environment });
  expect(Object.keys(resources)).toEqual(bus);
  expect(Object.keys(outputs)).toEqual(['OutcomesQueue', ...bus]);
  const held = statementsWith('outcomes', outcomesStatements(), asked).map(({ Sid }) => Sid);
  expect(held).toEqual(['Log', 'TakeEvents', 'FindQueue', 'Key', ...sids]);
});
