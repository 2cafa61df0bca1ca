/** True where `text` fits `pattern`, in which `*` stands for any run of characters and nothing else is special. */
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

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `1h`, `2d` in milliseconds. */
export const milliseconds = (duration: string): number =>
  Number(duration.slice(0, -1)) * (UNITS[duration.slice(-1)] ?? 0);

/** True for a duration that `milliseconds` reads. */
export const isDuration = (text: string): boolean => /^[1-9]\d*[mhd]$/.test(text);
