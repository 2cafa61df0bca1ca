import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { command, html, markup, name } from '../../../shared/cli/report/html.ts';

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const read = (text: string) => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => ENTITIES[entity] ?? '');

test('a part is text, whatever it holds: in an element, or between the quotes of an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const { text: made } = html`<b title="${text}">${text}</b>`;
      const [, attribute = '', content = ''] = /^<b title="([^"]*)">([^<]*)<\/b>$/.exec(made) ?? [];
      expect(attribute).toBe(content);
      expect(content).not.toMatch(/[<>"']/);
      expect(read(content).replace(/\\u\{[0-9a-f]+\}|\\[nrt]/g, '')).toBe(
        text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '').replace(/\\u\{[0-9a-f]+\}|\\[nrt]/g, ''),
      );
    }),
  );
});

test('marks of direction and line breaks are shown, and not obeyed', () => {
  expect(name('a\u202eb\nc').text).toBe('<bdi>a\\u{202e}b\\nc</bdi>');
});

test('parts may be nested, and nothing is nothing', () => {
  expect(html`${[html`<i>${1}</i>`, ['<', null]]}${false}${markup('<br>')}`.text).toBe('<i>1</i>&lt;<br>');
  expect(command('npx x <y>').text).toBe(
    '<code class="command"><span>npx</span> <span>x</span> <span>&lt;y&gt;</span></code>',
  );
});
