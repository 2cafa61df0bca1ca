import { type AddressRange, isTheWorld } from './cidr.ts';

/** Prefix sums of a row of numbers that change: a Fenwick tree, O(log n) each. */
export class PrefixSums {
  readonly #tree: bigint[];

  constructor(values: readonly bigint[]) {
    this.#tree = [0n, ...values];
    for (let at = 1; at <= values.length; at += 1) {
      const above = at + (at & -at);
      if (above <= values.length) this.#tree[above] = this.#node(above) + this.#node(at);
    }
  }

  /** The sum of the first `count` numbers. */
  ofFirst(count: number): bigint {
    let sum = 0n;
    for (let at = count; at > 0; at -= at & -at) sum += this.#node(at);
    return sum;
  }

  /** Adds to the number at an index. */
  add(index: number, change: bigint): void {
    for (let at = index + 1; at < this.#tree.length; at += at & -at) this.#tree[at] = this.#node(at) + change;
  }

  #node(at: number): bigint {
    return this.#tree[at] ?? 0n;
  }
}

/** How much of the reachable addresses of one family is let in, as ranges are let in one by one. */
class FamilyCoverage {
  readonly #family: 4 | 6;
  /** The borders of all ranges that may come cut the addresses into pieces: piece `i` lies between border `i` and the next. */
  readonly #borders: readonly bigint[];
  readonly #sizes: readonly bigint[];
  readonly #outside: PrefixSums;
  /** For each piece the nearest one from it on that is still outside, shortened as it is followed. */
  readonly #next: number[];
  #covered = 0n;

  constructor(family: 4 | 6, ranges: readonly AddressRange[]) {
    this.#family = family;
    const all = ranges.flatMap(({ start, end }) => [start, end + 1n]).sort(ascending);
    // Not by a Set: V8 hashes the low 64 bits of a bigint, which are 0 in every IPv6 network.
    const borders = all.filter((border, index) => border !== all[index - 1]);
    this.#borders = borders;
    this.#sizes = borders.slice(1).map((border, index) => border - (borders[index] ?? border));
    this.#outside = new PrefixSums(this.#sizes);
    this.#next = Array.from({ length: borders.length }, (_, index) => index);
  }

  wouldCoverTheWorld(ranges: readonly AddressRange[]): boolean {
    const gains = ranges.map((range) => {
      const [from, to] = this.#piecesOf(range);
      return this.#outside.ofFirst(to) - this.#outside.ofFirst(from);
    });
    return isTheWorld(
      gains.reduce((sum, gain) => sum + gain, this.#covered),
      this.#family,
    );
  }

  letIn(range: AddressRange): void {
    const [from, to] = this.#piecesOf(range);
    for (let piece = this.#nextOutside(from); piece < to; piece = this.#nextOutside(piece)) {
      const size = this.#sizes[piece] ?? 0n;
      this.#outside.add(piece, -size);
      this.#covered += size;
      this.#next[piece] = piece + 1;
    }
  }

  #piecesOf({ start, end }: AddressRange): readonly [from: number, to: number] {
    return [this.#indexOf(start), this.#indexOf(end + 1n)];
  }

  #indexOf(border: bigint): number {
    let [low, high] = [0, this.#borders.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#borders[middle] ?? border) < border) low = middle + 1;
      else high = middle;
    }
    if (this.#borders[low] !== border) throw new Error('a range that was not announced');
    return low;
  }

  #nextOutside(from: number): number {
    let end = from;
    while (this.#next[end] !== undefined && this.#next[end] !== end) end = this.#next[end] as number;
    for (let at = from; at !== end; ) {
      const following = this.#next[at] as number;
      this.#next[at] = end;
      at = following;
    }
    return end;
  }
}

/** Addresses that are let in range by range, and what the next would make of it: O(n log n) for all together, and exact. */
export class AddressCoverage {
  readonly #families: ReadonlyMap<4 | 6, FamilyCoverage>;

  /** Takes every range that may come. */
  constructor(ranges: readonly AddressRange[]) {
    const byFamily = Map.groupBy(ranges, ({ family }) => family);
    this.#families = new Map([...byFamily].map(([family, its]) => [family, new FamilyCoverage(family, its)]));
  }

  /** True where what was let in and these ranges, which do not meet, are half of the reachable addresses of a family or more. */
  wouldCoverTheWorld(ranges: readonly AddressRange[]): boolean {
    const byFamily = Map.groupBy(ranges, ({ family }) => family);
    return [...byFamily].some(([family, its]) => this.#families.get(family)?.wouldCoverTheWorld(its) ?? false);
  }

  letIn(ranges: readonly AddressRange[]): void {
    for (const range of ranges) this.#families.get(range.family)?.letIn(range);
  }
}

const ascending = (a: bigint, b: bigint) => Number(a > b) - Number(a < b);
