import { describe, expect, test } from '@jest/globals';
import { decisionsDoc } from '../../../scripts/generate/decisions.ts';

const note = (number: number, status: string, title = 'A title') => ({
  file: `${String(number).padStart(4, '0')}-a-slug.md`,
  text: `# ${number}. ${title}\n\n**Status:** ${status}.\n\nWhy.\n`,
});

describe('the index of decisions', () => {
  test('names every note with its status, in the order of their numbers', () => {
    const doc = decisionsDoc([note(10, 'proposed, 2026-02-01'), note(2, 'superseded by 10', 'Queues')]);
    expect(doc.split('\n').filter((line) => /^\| \d/.test(line))).toEqual([
      '| 2 | [Queues](0002-a-slug.md) | superseded by 10 |',
      '| 10 | [A title](0010-a-slug.md) | proposed, 2026-02-01 |',
    ]);
  });

  test.each([
    ['no status', { file: '0001-x.md', text: '# 1. X\n\nWhy.\n' }],
    ['an unknown status', note(1, 'fine, 2026-01-01')],
    ['another number than its file', { ...note(2, 'accepted, 2026-01-01'), file: '0001-x.md' }],
    ['a name without a number', { ...note(1, 'accepted, 2026-01-01'), file: 'x.md' }],
  ])('refuses a note with %s, and names its file', (_, wrong) => {
    expect(() => decisionsDoc([wrong])).toThrow(`docs/decisions/${wrong.file}: `);
  });

  test('refuses two notes of one number', () => {
    const twice = [note(3, 'accepted, 2026-01-01'), { ...note(3, 'accepted, 2026-01-01'), file: '0003-other.md' }];
    expect(() => decisionsDoc(twice)).toThrow('two notes have the number 0003');
  });
});
