const TAG = /<(\/?)([A-Za-z][\w.-]*)[^>]*?(\/?)>([^<]*)/g;

interface Open {
  readonly path: string;
  /** What the SDK made of the element; undefined where it made nothing. */
  readonly value: unknown;
  /** Elements of a list that were seen. */
  count: number;
  hasContent: boolean;
}

/** The elements of an XML answer that the SDK did not read into its object, by their paths: AWS has given the structure a member that this version of the SDK does not know, and would take it away where the object is sent back. Empty elements say nothing and are left out. */
export function unknownMembers(xml: string, root: unknown): readonly string[] {
  const unknown: string[] = [];
  const open: Open[] = [];
  for (const [, closing, name = '', selfClosing, text = ''] of xml.replace(/<\?.*?\?>/g, '').matchAll(TAG)) {
    if (closing === '/') {
      close(open, unknown);
      continue;
    }
    open.push(child(open.at(-1), name, root));
    (open.at(-1) as Open).hasContent = text.trim() !== '';
    if (selfClosing === '/') close(open, unknown);
  }
  return unknown;
}

function child(parent: Open | undefined, name: string, root: unknown): Open {
  if (parent === undefined) return { path: '', value: root, count: 0, hasContent: false };
  const { value } = parent;
  const found = Array.isArray(value)
    ? value[parent.count]
    : (value as Readonly<Record<string, unknown>> | null)?.[name];
  parent.count += 1;
  return { path: parent.path === '' ? name : `${parent.path}.${name}`, value: found, count: 0, hasContent: false };
}

/** What lies within an element that is unknown is not named again. */
function close(open: Open[], unknown: string[]): void {
  const closed = open.pop();
  const parent = open.at(-1);
  if (closed === undefined || parent === undefined) return;
  const hasContent = closed.hasContent;
  if (hasContent) parent.hasContent = true;
  if (hasContent && closed.value === undefined && parent.value !== undefined) unknown.push(closed.path);
}
