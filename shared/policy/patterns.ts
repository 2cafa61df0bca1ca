/** True where `text` matches `pattern`, in which `*` matches any characters and nothing else is special. Takes time linear in the text for each `*`: no backtracking. */
export function fits(pattern: string, text: string): boolean {
  const [first = '', ...inner] = pattern.split('*');
  const last = inner.pop();
  if (last === undefined) return text === first;
  const end = text.length - last.length;
  let at = first.length;
  if (end < at || !text.startsWith(first) || !text.endsWith(last)) return false;
  for (const part of inner) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= end;
}
