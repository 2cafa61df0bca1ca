import { expect, test } from '@jest/globals';
import { lazily } from '../../shared/cli/lazy-exports.ts';

class Client {
  static kind = 'client';
  readonly region: string;
  constructor({ region }: { readonly region: string }) {
    this.region = region;
  }
}

/** The stand-ins for some exports, and how often these were loaded. */
function standIns() {
  const loads: number[] = [];
  const lazy = lazily(() => {
    loads.push(1);
    return { Client, double: (n: number) => 2 * n, Algorithm: { RSA: 'rsa', EC: 'ec' } };
  });
  return {
    loads,
    Client: lazy('Client') as typeof Client,
    double: lazy('double') as (n: number) => number,
    Algorithm: lazy('Algorithm') as Readonly<Record<string, string>>,
  };
}

test('the name of an export is known without it, and all else loads it once', () => {
  const { loads, Client: Lazy, double } = standIns();
  expect([Lazy.name, double.name, loads.length]).toEqual(['Client', 'double', 0]);
  expect([Lazy.kind, double(3), double(4), loads.length]).toEqual(['client', 6, 8, 1]);
});

test('an instance is one of the class itself, also of a class that extends the stand-in', () => {
  const { Client: Lazy } = standIns();
  const made = new Lazy({ region: 'eu-west-1' });
  expect(made).toBeInstanceOf(Client);
  expect(made instanceof Lazy).toBe(true);
  expect(made).toMatchObject({ region: 'eu-west-1', constructor: Client });
  class Own extends Lazy {}
  expect(new Own({ region: 'x' })).toBeInstanceOf(Own);
  expect(new Own({ region: 'x' })).toBeInstanceOf(Client);
  expect(new Error('no') instanceof (Lazy as never)).toBe(false);
});

test('an object of values has its members', () => {
  const { Algorithm } = standIns();
  expect(Object.values(Algorithm)).toEqual(['rsa', 'ec']);
  expect(Object.keys(Algorithm)).toEqual(['RSA', 'EC']);
  expect(['RSA' in Algorithm, 'DSA' in Algorithm, Algorithm.EC]).toEqual([true, false, 'ec']);
});
