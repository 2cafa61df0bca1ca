import { describe, expect, test } from '@jest/globals';
import {
  abandon,
  assertTimeLeft,
  type Claim,
  extend,
  FREE,
  LEASE_MS,
  type Lease,
  LeaseHeldError,
  LeaseLostError,
  leaseState,
  mark,
  release,
  take,
} from '../../shared/ledger/lease.ts';
import { NEW_RESOURCE, withLease } from '../../shared/ledger/ledger.ts';

const ALL: Claim = { requested: ['a'], handles: ['a', 'b', 'c'] };
const claim = (requested: readonly string[], handles: readonly string[]): Claim => ({ requested, handles });

/** A lease as runs change it, with a clock that stands still. */
class Scene {
  lease: Lease = FREE;
  now = 1_000_000;

  /** True where the lease is the holder's now; else it has its mark. */
  acquire(holder: string, given: Claim): boolean {
    const taken = take(this.lease, holder, given, this.now);
    this.lease = taken ?? mark(this.lease, given) ?? this.lease;
    return taken !== null;
  }
  extend(holder: string): void {
    this.lease = extend(this.lease, holder, this.now);
  }
  release(holder: string): readonly string[] {
    const { lease, again } = release(this.lease, holder, this.now);
    this.lease = lease;
    return again;
  }
  abandon(holder: string): void {
    this.lease = abandon(this.lease, holder) ?? this.lease;
  }
  get state() {
    return leaseState(this.lease, this.now);
  }
}

describe('a lease', () => {
  test('is had by one, until it is released', () => {
    const scene = new Scene();
    expect(scene.state).toEqual({ held: false, orphaned: [] });
    expect(scene.acquire('ann', ALL)).toBe(true);
    expect(scene.state).toEqual({ held: true, orphaned: [] });
    expect(scene.release('ann')).toEqual([]);
    expect(scene.state).toEqual({ held: false, orphaned: [] });
    expect(scene.acquire('bob', ALL)).toBe(true);
  });

  test('is ours still when we ask again: the answer may have been lost', () => {
    const scene = new Scene();
    expect(scene.acquire('ann', ALL)).toBe(true);
    expect(scene.acquire('ann', ALL)).toBe(true);
    expect(scene.release('ann')).toEqual([]);
  });

  test('bears the mark of runs that come meanwhile: the holder evaluates again, as often as some came', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    expect(scene.acquire('bob', ALL)).toBe(false);
    expect(scene.acquire('cyd', claim(['b'], []))).toBe(false);
    expect(scene.release('ann')).toEqual(['a', 'b']);
    expect(scene.acquire('bob', ALL)).toBe(false);
    expect(scene.release('ann')).toEqual(['a', 'b']);
    expect(scene.release('ann')).toEqual([]);
    expect(scene.acquire('bob', ALL)).toBe(true);
    expect(scene.release('bob')).toEqual([]);
  });

  test('that bears a mark already needs no other', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    expect(mark(scene.lease, claim([], []))).toBeUndefined();
    expect(mark(scene.lease, ALL)).toMatchObject({ dirty: true });
    scene.acquire('bob', ALL);
    expect(mark(scene.lease, ALL)).toBeUndefined();
    expect(mark(scene.lease, claim(['b'], []))).toMatchObject({ wanted: ['a', 'b'] });
  });

  test('turns away a run that was called for what its holder does not handle, and keeps no mark of it', () => {
    const scene = new Scene();
    scene.acquire('ann', claim(['a'], ['a']));
    expect(() => scene.acquire('bob', claim(['a', 'd'], ['a', 'd']))).toThrow(LeaseHeldError);
    expect(scene.release('ann')).toEqual([]);
  });

  test('of a holder that died is had by the next, once it has ended', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    scene.now += LEASE_MS - 1;
    expect(scene.acquire('bob', { ...ALL, requested: ['b'] })).toBe(false);
    expect(scene.state.held).toBe(true);
    scene.now += 1;
    expect(scene.state).toEqual({ held: false, orphaned: ['a', 'b'] });
    expect(scene.acquire('bob', { ...ALL, requested: ['c'] })).toBe(true);
    // What the dead one was to evaluate, and what it was asked for, is now the next one's.
    expect(scene.release('bob')).toEqual(['a', 'b', 'c']);
    expect(scene.release('bob')).toEqual([]);
    expect(scene.state).toEqual({ held: false, orphaned: [] });
  });

  test('leaves what its next holder does not handle to one that does', () => {
    const scene = new Scene();
    scene.acquire('ann', claim(['a', 'b'], ['a', 'b']));
    scene.abandon('ann');
    scene.acquire('bob', claim(['c'], ['b', 'c']));
    expect(scene.release('bob')).toEqual(['b', 'c']);
    expect(scene.release('bob')).toEqual([]);
    expect(scene.state).toEqual({ held: false, orphaned: ['a'] });
    scene.acquire('cyd', ALL);
    expect(scene.release('cyd')).toEqual([]);
    expect(scene.state).toEqual({ held: false, orphaned: [] });
  });

  test('holds for as long as it is extended', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    for (let turn = 0; turn < 5; turn += 1) {
      scene.now += LEASE_MS - 1;
      scene.extend('ann');
    }
    expect(scene.acquire('bob', ALL)).toBe(false);
    expect(scene.release('ann')).toEqual(['a']);
  });

  test('that ended and that nobody took is still ours', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    scene.now += 2 * LEASE_MS;
    scene.extend('ann');
    expect(scene.acquire('bob', ALL)).toBe(false);
  });

  test('that another has taken over is not ours any more, whatever we ask', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    scene.now += LEASE_MS;
    scene.acquire('bob', ALL);
    expect(() => scene.extend('ann')).toThrow(LeaseLostError);
    expect(() => scene.release('ann')).toThrow(LeaseLostError);
    expect(() => assertTimeLeft(scene.lease, 'ann', scene.now)).toThrow(LeaseLostError);
    scene.abandon('ann');
    expect(scene.state.held).toBe(true);
    expect(scene.release('bob')).toEqual([]);
    expect(() => scene.release('bob')).toThrow(LeaseLostError);
  });

  test('that was extended too slowly to be sure of is no right to write', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    expect(() => assertTimeLeft(scene.lease, 'ann', scene.now + LEASE_MS / 2)).not.toThrow();
    expect(() => assertTimeLeft(scene.lease, 'ann', scene.now + LEASE_MS / 2 + 1)).toThrow(LeaseLostError);
  });

  test('that is abandoned leaves its work to the next', () => {
    const scene = new Scene();
    scene.acquire('ann', ALL);
    scene.acquire('bob', { ...ALL, requested: ['c'] });
    scene.abandon('ann');
    expect(scene.state).toEqual({ held: false, orphaned: ['a', 'c'] });
  });
});

test('a state changes hands when its lease is taken, released or abandoned, not when it is extended or marked', () => {
  const scene = new Scene();
  let state = NEW_RESOURCE;
  const changedAt = (now: number) => {
    state = withLease(state, scene.lease, now);
    return state.changedHandsAt;
  };
  scene.acquire('ann', ALL);
  expect(changedAt(1)).toBe(1);
  scene.extend('ann');
  expect(changedAt(2)).toBe(1);
  scene.acquire('bob', ALL);
  expect(changedAt(3)).toBe(1);
  scene.release('ann');
  expect(changedAt(4)).toBe(1);
  scene.release('ann');
  expect(changedAt(5)).toBe(5);
  scene.acquire('bob', ALL);
  expect(changedAt(6)).toBe(6);
  scene.abandon('bob');
  expect(changedAt(7)).toBe(7);
});
