import { expect, test } from '@jest/globals';
import { progressOn } from '../../shared/cli/progress.ts';

/** A stream that keeps what was written, on a terminal of 60 columns or on none. */
function streamOf(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

test('on a terminal, one line tells how far it is, where and how many', () => {
  const { written, stream } = streamOf(true);
  let now = 0;
  const progress = progressOn(stream, () => now);
  progress.show(12, 48, 'eu-west-1 AWS::EC2::Volume, 1204 looked at');
  expect(written).toEqual(['\r\x1b[2K█████░░░░░░░░░░░░░░░ 12/48 eu-west-1 AWS::EC2::Volume, 1204']);
  now += 49;
  progress.show(13, 48, 'too soon');
  expect(written).toHaveLength(1);
  now += 1;
  progress.show(48, 48, 'done');
  expect(written[1]).toBe(`\r\x1b[2K${'█'.repeat(20)} 48/48 done`);
  progress.clear();
  progress.clear();
  progress.show(0, 0, 'too soon, also after it was cleared');
  now += 50;
  progress.show(0, 0, 'again');
  expect(written.slice(2)).toEqual(['\r\x1b[2K', `\r\x1b[2K${'░'.repeat(20)} 0/0 again`]);
});

test('elsewhere nothing is written', () => {
  const { written, stream } = streamOf(false);
  const progress = progressOn(stream);
  progress.show(1, 2, 'x');
  progress.clear();
  expect(written).toEqual([]);
});
