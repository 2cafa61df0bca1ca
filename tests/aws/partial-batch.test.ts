import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sendBatch } from '../../shared/aws/partial-batch.ts';
import { delays } from '../../shared/retry.ts';

/** A clock whose sleeps pass at once and are recorded, and an API that refuses these entries, try by try. */
function scene(...refusals: readonly (readonly string[])[]) {
  const slept: number[] = [];
  const sent: (readonly string[])[] = [];
  const clock = {
    async sleep(milliseconds: number) {
      slept.push(milliseconds);
    },
  };
  const send = async (entries: readonly string[]) => {
    const refused = refusals[sent.length] ?? [];
    sent.push(entries);
    return entries.filter((entry) => refused.includes(entry));
  };
  return { slept, sent, send, options: { clock, backoff: delays(5, 7) } };
}

describe('sendBatch', () => {
  test('sends again what was refused, and nothing else, after each wait', async () => {
    const { slept, sent, send, options } = scene(['b', 'c'], ['c']);
    expect(await sendBatch(['a', 'b', 'c'], send, options)).toEqual([]);
    expect(sent).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(slept).toEqual([5, 7]);
  });

  test('gives what is still refused once no try is left', async () => {
    const always = ['b'];
    const { sent, send, options } = scene(always, always, always);
    expect(await sendBatch(['a', 'b'], send, options)).toEqual(['b']);
    expect(sent).toHaveLength(3);
  });

  test('does not call for nothing', async () => {
    const { sent, send, options } = scene();
    expect(await sendBatch([], send, options)).toEqual([]);
    expect(sent).toEqual([]);
  });

  test('throws what the call throws, at once', async () => {
    const { slept, options } = scene();
    const down = async () => {
      throw new Error('down');
    };
    await expect(sendBatch(['a'], down, options)).rejects.toThrow('down');
    expect(slept).toEqual([]);
  });

  test('whatever is refused when, each entry is either accepted once or among those left', async () => {
    const entries = ['a', 'b', 'c', 'd'];
    await fc.assert(
      fc.asyncProperty(fc.array(fc.subarray(entries), { maxLength: 4 }), async (refusals) => {
        const { sent, send, options } = scene(...refusals);
        const left = await sendBatch(entries, send, options);
        const tries = (entry: string) => sent.filter((batch) => batch.includes(entry)).length;
        const accepted = entries.filter((entry) => !(refusals[tries(entry) - 1] ?? []).includes(entry));
        expect([...accepted, ...left].sort()).toEqual(entries);
      }),
    );
  });
});
