import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from '@jest/globals';
import { controls } from '../shared/controls/index.ts';
import { detections } from '../shared/detections/index.ts';
import { changesIn } from '../shared/engine/intake/parse-event.ts';
import { route } from '../shared/engine/intake/route.ts';
import type { Aws, ResourceRef } from '../shared/resource.ts';
import {
  detectedBy,
  enveloped,
  FALLBACK,
  FILES,
  isThere,
  linesOf,
  NAMED,
  namedBy,
  volumeOf,
} from './support/recorded-events.ts';

const recorded = isThere ? describe : describe.skip;
if (!isThere) test.skip('skipped: the folder of recorded events is not beside this clone', () => {});

/** A world that knows the volume of every instance and nothing else. */
async function answer(command: unknown) {
  if (!(command instanceof DescribeVolumesCommand)) return {};
  const [{ Values = [] } = {}] = command.input.Filters ?? [];
  return { Volumes: Values.map((id) => ({ VolumeId: volumeOf(id) })) };
}
const world = ((client: { prototype: object }) =>
  Object.assign(Object.create(client.prototype), { send: answer })) as unknown as Aws;

const textOf = ({ resourceType, resourceId, accountId, region }: ResourceRef) =>
  `${resourceType} ${resourceId} ${accountId} ${region}`;

/** What intake makes of the only change in an input. */
async function readBy(input: unknown) {
  const [change, ...others] = changesIn(input);
  if (change === undefined) throw new Error('nothing was read');
  expect(others).toEqual([]);
  const context = { controls, detections, aws: () => world, fallback: FALLBACK };
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
      const expected = { source, named: namedBy(line), detected: detectedBy(line) };
      const forms = [event, text, ...(event.eventName === undefined ? [] : [enveloped(event)])];
      for (const form of forms) expect({ source, ...(await readBy(form)) }).toEqual(expected);
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
});
