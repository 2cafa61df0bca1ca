type Loose = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null;
const listOf = (value: unknown): readonly Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** What Slack's reference says of blocks, as far as our messages use them: each rule that a message breaks. */
export function blockErrors(blocks: unknown): readonly string[] {
  if (!Array.isArray(blocks)) return ['blocks are no list'];
  const ids = listOf(blocks).flatMap(({ block_id }) => (typeof block_id === 'string' ? [block_id] : []));
  return [
    ...(blocks.length > 50 ? ['more than 50 blocks'] : []),
    ...(new Set(ids).size < ids.length ? ['a block_id twice'] : []),
    ...ids.filter((id) => id.length > 255).map(() => 'a long block_id'),
    ...listOf(blocks).flatMap(errorsOf),
  ];
}

function errorsOf(block: Loose): readonly string[] {
  switch (block.type) {
    case 'header':
      return textErrors(block.text, 150, ['plain_text']);
    case 'section':
      return [
        ...(block.text === undefined && block.fields === undefined ? ['an empty section'] : []),
        ...(block.text === undefined ? [] : textErrors(block.text, 3000)),
        ...(block.fields === undefined ? [] : between(block.fields, 10, 'fields')),
        ...listOf(block.fields).flatMap((field) => textErrors(field, 2000)),
      ];
    case 'context':
      return [
        ...between(block.elements, 10, 'elements'),
        ...listOf(block.elements).flatMap((one) => textErrors(one, 3000)),
      ];
    case 'actions':
      return [...between(block.elements, 25, 'elements'), ...actionErrors(listOf(block.elements))];
    default:
      return [`an unknown block ${String(block.type)}`];
  }
}

function actionErrors(elements: readonly Loose[]): readonly string[] {
  const ids = elements.map(({ action_id }) => String(action_id));
  return [
    ...(new Set(ids).size < ids.length ? ['an action_id twice'] : []),
    ...elements.flatMap(({ type, text, action_id, value, style, confirm }) => [
      ...(type === 'button' ? [] : ['an element that is no button']),
      ...textErrors(text, 75, ['plain_text']),
      ...lengthErrors(action_id, 255),
      ...lengthErrors(value, 2000),
      ...(style === undefined || style === 'primary' || style === 'danger' ? [] : ['an unknown style']),
      ...(isObject(confirm)
        ? [
            ...textErrors(confirm.title, 100, ['plain_text']),
            ...textErrors(confirm.text, 300),
            ...textErrors(confirm.confirm, 30, ['plain_text']),
            ...textErrors(confirm.deny, 30, ['plain_text']),
          ]
        : []),
    ]),
  ];
}

const between = (list: unknown, most: number, what: string): readonly string[] =>
  Array.isArray(list) && list.length >= 1 && list.length <= most ? [] : [`not 1 to ${most} ${what}`];

function textErrors(text: unknown, most: number, types = ['plain_text', 'mrkdwn']): readonly string[] {
  if (!isObject(text) || !types.includes(String(text.type))) return ['no text object of an allowed type'];
  return lengthErrors(text.text, most);
}

const lengthErrors = (text: unknown, most: number): readonly string[] =>
  typeof text === 'string' && text.trim() !== '' && text.length <= most ? [] : [`not 1 to ${most} characters`];
