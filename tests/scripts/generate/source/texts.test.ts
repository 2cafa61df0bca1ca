import { parseExpression } from '@babel/parser';
import { expect, test } from '@jest/globals';
import { textsOf } from '../../../../scripts/generate/source/texts.ts';

/** Where the constants and the functions that the expressions name are declared. */
const FILE = 'shared/controls/s3/s3-bucket-tls-required.ts';

const texts = (source: string) => {
  const node = parseExpression(source, { plugins: ['typescript'] });
  return textsOf(node, { file: FILE, node });
};

test.each([
  ['a text', "'a'", ['a']],
  ['what is computed', '`a ${b} c ${d.e()}.`', ['a … c ….']],
  [
    'a number with its noun',
    "`${counted(n, 'rule')} of ${counted(all, 'entry', 'entries')}`",
    ['… rules of … entries'],
  ],
  ['a constant', '`statement ${SID}`', ['statement EvenkeelDenyInsecureTransport']],
  ['one of two', "isSo ? 'a' : 'b'", ['a', 'b']],
  ['the first that there is', "null ?? ('a' as string)", ['a']],
  ['what is not said', 'found.byHand', []],
  ['what no module declares', 'whoKnows(1)', []],
])('%s', (_name, source, expected) => {
  expect(texts(source)).toEqual(expected);
});

test('what a function of the tree returns, wherever it does', () => {
  expect(texts('whyNotPut(text, statements, arn)')).toHaveLength(3);
});
