import { readdirSync, readFileSync } from 'node:fs';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from '../../scripts/catalogue.ts';
import { type Emit, emitter, METRICS, type MetricName } from '../../shared/lambda/metrics.ts';
import { OUTCOMES } from '../../shared/result.ts';
import { saidBy } from '../support/capture-output.ts';
import { fromDeployment } from '../support/deployment-files.ts';

/** A metric and what it is published for: `failed by controlId`. */
const published = Object.entries(METRICS).flatMap(([name, { by }]) => by.map((one) => `${name} by ${one}`));

type Drawn = readonly unknown[];
interface Dashboard {
  readonly widgets: readonly { readonly properties: { readonly metrics?: readonly Drawn[] } }[];
}

/** Metrics of ours, as somebody reads them. */
function ours(metric: Drawn): readonly string[] {
  const [namespace, name, dimension, value] = metric;
  if (typeof namespace === 'object') {
    const { expression } = namespace as { readonly expression: string };
    if (!expression.includes('Evenkeel')) return [];
    const [, by, searched] =
      /^SEARCH\('\{Evenkeel,service,(\w+)\} MetricName="(\w+)" service="evenkeel-prod"',/.exec(expression) ?? [];
    return [`${searched} by ${by}`];
  }
  if (namespace !== 'Evenkeel') return [];
  expect([dimension, value]).toEqual(['service', 'evenkeel-prod']);
  return [`${name} by all`];
}

let drawn: readonly string[];
let alarmed: readonly string[];
beforeAll(async () => {
  // Everything that can be asked for.
  const flags = ['teamsSecret=ssm:/teams', 'pagerDutySecret=ssm:/pagerduty'];
  const { body } = await fromDeployment<{ readonly body: string }>('dashboard.cjs', { flags });
  drawn = (JSON.parse(body) as Dashboard).widgets.flatMap(({ properties }) => properties.metrics ?? []).flatMap(ours);
  const { Resources } = parse(readFileSync(`${ROOT}resources/alarms.yml`, 'utf8'), { logLevel: 'error' });
  alarmed = Object.values<{ readonly Properties: Readonly<Record<string, unknown>> }>(Resources)
    .filter(({ Properties }) => Properties.Namespace === 'Evenkeel')
    .map(({ Properties }) => {
      expect(Properties.Dimensions).toEqual([{ Name: 'service', Value: '${self:service}-${sls:stage}' }]);
      return `${Properties.MetricName} by all`;
    });
});

describe('the metrics of ours', () => {
  test('that dashboard and alarms read are published, by what they are read by', () => {
    expect(drawn.length).toBeGreaterThan(10);
    expect(alarmed.length).toBeGreaterThan(1);
    expect([...drawn, ...alarmed].filter((one) => !published.includes(one))).toEqual([]);
  });

  test('that are published are read by dashboard or alarms, and each is on the dashboard', () => {
    expect(published.filter((one) => !drawn.includes(one) && !alarmed.includes(one))).toEqual([]);
    const names = drawn.map((one) => one.split(' ')[0]);
    expect(Object.keys(METRICS).filter((name) => !names.includes(name))).toEqual([]);
  });

  test('are all published by some function: every outcome, and what the sources name', () => {
    const sources = ['lambda', 'watch']
      .flatMap((folder) => readdirSync(`${ROOT}shared/${folder}`).map((file) => `shared/${folder}/${file}`))
      .filter((file) => !file.endsWith('/metrics.ts'))
      .map((file) => readFileSync(ROOT + file, 'utf8'))
      .join('\n');
    const named = Object.keys(METRICS).filter((name) => sources.includes(`'${name}'`));
    expect([...new Set([...named, ...OUTCOMES])].sort()).toEqual(Object.keys(METRICS).sort());
  });
});

/** What goes to CloudWatch, in its embedded format. */
async function emitted(act: (emit: Emit) => void): Promise<readonly Record<string, unknown>[]> {
  const emit = emitter(new Metrics({ namespace: 'Evenkeel', serviceName: 'evenkeel' }));
  const { said } = await saidBy(async () => act(emit));
  return said
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

describe('the emitter', () => {
  test.each(Object.keys(METRICS) as MetricName[])('publishes %s once for each of what it is by', async (name) => {
    const { unit, by } = METRICS[name];
    const which = { controlId: 's3-bucket-encrypted', region: 'eu-west-1' };
    const lines = await emitted((emit) => (emit as (...args: unknown[]) => void)(name, 700, which));
    expect(lines).toEqual(
      by.map((one: keyof typeof which | 'all') => ({
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Evenkeel',
              Dimensions: [one === 'all' ? ['service'] : ['service', one]],
              Metrics: [{ Name: name, Unit: unit }],
            },
          ],
        },
        service: 'evenkeel',
        ...(one === 'all' ? {} : { [one]: which[one] }),
        [name]: 700,
      })),
    );
  });

  test('publishes nothing of a region of which all is well', async () => {
    const region = { region: 'eu-west-1' };
    const lines = await emitted((emit) => {
      emit('HeartbeatMissed', 0, region);
      emit('HeartbeatDelay', 299, region);
      emit('UnforwardedEvents', 0, region);
    });
    expect(
      lines.map(({ HeartbeatMissed, HeartbeatDelay, UnforwardedEvents, region }) => [
        HeartbeatMissed ?? HeartbeatDelay ?? UnforwardedEvents,
        region,
      ]),
    ).toEqual([
      [0, undefined],
      [299, undefined],
      [0, undefined],
    ]);
  });

  test('takes no name that nobody reads, and no metric of a control or a region without saying which', async () => {
    const misused = (emit: Emit) => {
      // @ts-expect-error: there is no such metric
      emit('HartbeatMissed', 1);
      // @ts-expect-error: of which control?
      emit('failed', 1);
      // @ts-expect-error: a region is no control
      emit('failed', 1, { region: 'eu-west-1' });
      // @ts-expect-error: it is of everything together
      emit('compliant', 1, { controlId: 's3-bucket-encrypted' });
    };
    await expect(emitted(misused)).rejects.toThrow(TypeError);
  });
});
