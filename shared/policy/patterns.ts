/** True where `text` fits `pattern`, in which `*` stands for any run of characters and nothing else is special. */
export function fits(pattern: string, text: string): boolean {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 's').test(text);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `30m`, `1h`, `2d` in milliseconds. */
export const milliseconds = (duration: string): number =>
  Number(duration.slice(0, -1)) * (UNITS[duration.slice(-1)] ?? 0);

/** True for a duration that `milliseconds` reads. */
export const isDuration = (text: string): boolean => /^[1-9]\d*[mhd]$/.test(text);
