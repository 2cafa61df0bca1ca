import { DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { DescribeVolumesCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { patternsFor } from '../scripts/generate/patterns.ts';
import { controls } from '../shared/controls/index.ts';
import { detections } from '../shared/detections/index.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { route } from '../shared/engine/intake/route.ts';
import type { Aws, ResourceRef } from '../shared/resource.ts';
import { type EventPattern, matches } from './support/event-pattern.ts';
import {
  detectedBy,
  enveloped,
  FALLBACK,
  FILES,
  isOfClassicLoadBalancer,
  isOfTargetTracking,
  isThere,
  linesOf,
  NAMED,
  namedBy,
  ONLY_VPC,
  volumeOf,
} from './support/recorded-events.ts';

const recorded = isThere ? describe : describe.skip;
if (!isThere) test.skip('skipped: the folder of recorded events is not beside this clone', () => {});

/** A world that knows the volume of every instance, one VPC, no trail and nothing else. */
async function answer(command: unknown) {
  if (command instanceof DescribeVpcsCommand) return { Vpcs: [{ VpcId: ONLY_VPC }] };
  if (command instanceof DescribeTrailsCommand) return { trailList: [] };
  if (!(command instanceof DescribeVolumesCommand)) return {};
  const [{ Values = [] } = {}] = command.input.Filters ?? [];
  return { Volumes: Values.map((id) => ({ VolumeId: volumeOf(id) })) };
}
const world = ((client: { prototype: object }) =>
  Object.assign(Object.create(client.prototype), { send: answer })) as unknown as Aws;

const textOf = ({ resourceType, resourceId, accountId, region }: ResourceRef) =>
  `${resourceType} ${resourceId} ${accountId} ${region}`;

/** It has no error code, so that no rule holds it back. */
const isFailedSignIn = ({ responseElements }: { responseElements?: { ConsoleLogin?: string } | null }) =>
  responseElements?.ConsoleLogin === 'Failure';

/** What intake makes of the only change in an input. */
async function readBy(input: unknown, home?: string) {
  const [change, ...others] = changesIn(input);
  if (change === undefined) throw new Error('nothing was read');
  expect(others).toEqual([]);
  const context = {
    controls,
    detections,
    aws: () => world,
    fallback: FALLBACK,
    ...(home === undefined ? {} : { home }),
  };
  const { subjects, detected, unreadable } = await route(change, context);
  expect(unreadable.map(({ message }) => message)).toEqual([]);
  return {
    named: subjects.map(({ ref }) => textOf(ref)).sort(),
    detected: detected.map(({ detection, detected: { annotation }, ref, eventId }) => ({
      id: detection.id,
      ref: textOf(ref),
      eventId,
      annotation,
    })),
  };
}

recorded('every recorded event names what a person reads out of it', () => {
  test.each(FILES)('%s', async (file) => {
    const lines = linesOf(file);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      const { source, event, text } = line;
      const forms = [event, text, ...(event.eventName === undefined ? [] : [enveloped(event)])];
      for (const home of [undefined, 'eu-west-3']) {
        const expected = { source, named: namedBy(line, home), detected: detectedBy(line, home) };
        for (const form of forms) expect({ source, ...(await readBy(form, home)) }).toEqual(expected);
      }
    }
  });

  test('all of them in one log file, too', async () => {
    const lines = FILES.flatMap(linesOf);
    const changes = changesIn({ Records: lines.map(({ event }) => event) });
    expect(changes).toHaveLength(lines.length);
    expect(changes.filter(({ kind }) => kind === 'unreadable')).toEqual([]);
  });

  test('and the person has read no call that was never recorded', () => {
    const records = FILES.flatMap(linesOf).map(({ record }) => record);
    const calls = new Set(records.map((r) => `${r?.eventSource?.split('.')[0]} ${r?.eventName}`));
    expect(Object.keys(NAMED).filter((name) => !calls.has(name))).toEqual([]);
  });

  test('the rules let through what concerns somebody, and nothing else', () => {
    const patterns = JSON.stringify(patternsFor({ controls, detections }));
    // What an AWS Config rule of one's own is invoked with comes by no rule of EventBridge.
    for (const line of FILES.flatMap(linesOf).filter(({ event }) => event.invokingEvent === undefined)) {
      const { source, event } = line;
      const envelope = event['detail-type'] === undefined ? enveloped(event) : event;
      const ours = JSON.parse(patterns.replaceAll('{"Ref":"AWS::AccountId"}', JSON.stringify(envelope.account)));
      const isLetThrough = ours.some((pattern: EventPattern) => matches(pattern, envelope));
      const isConcerning =
        namedBy(line).length + detectedBy(line).length > 0 ||
        isFailedSignIn(event) ||
        isOfClassicLoadBalancer(line) ||
        isOfTargetTracking(line);
      expect({ source, isLetThrough }).toEqual({ source, isLetThrough: isConcerning });
    }
  });
});
