import { type Draw, picked } from '../../scripts/storm/faults/draw.ts';
import { named } from './fake-resource.ts';

/** The process was killed: whatever it still did is heard by nobody. */
export class KilledError extends Error {}

const never = () => new Promise<never>(() => {});
const answered = (name: string, httpStatusCode?: number) =>
  Object.assign(named(name), { $metadata: { httpStatusCode, attempts: 1 } });

/** What befalls the calls of one process: no answer can be relied on, and at any call it may be gone. */
export class Weather {
  readonly killed: Promise<never>;
  #kill: () => void = () => {};
  #calls = 0;
  #writes = 0;
  #isDead = false;
  readonly #draw: Draw;
  readonly #rate: number;
  readonly #killAt: number;
  readonly #afterWrite: boolean;

  constructor(draw: Draw, rate: number, isKilled: boolean) {
    this.#draw = draw;
    this.#rate = rate;
    this.#afterWrite = draw('after') < 0.5;
    this.#killAt = isKilled ? Math.floor(draw('at') * (this.#afterWrite ? 4 : 14)) : Number.POSITIVE_INFINITY;
    this.killed = new Promise((_, reject) => {
      this.#kill = () => reject(new KilledError());
    });
    this.killed.catch(() => {});
  }

  async pass<T>(kind: 'read' | 'write' | 'ledger' | 'notify', work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return never();
    const nth = this.#calls++;
    if (kind === 'write' || this.#writes > 0) this.#writes += 1;
    const at = this.#afterWrite ? this.#writes - 1 : nth;
    if (at >= this.#killAt) {
      this.#isDead = true;
      if (this.#draw(nth, 'made') < 0.5 || (this.#afterWrite && kind === 'write')) await work().catch(() => {});
      this.#kill();
      return never();
    }
    if (this.#draw(nth, 'is') >= this.#rate) return work();
    const fault = picked(['throttled', 'refused', 'reset', 'lost', '5xx after'], this.#draw(nth, 'which'));
    if (fault === 'throttled') throw answered('ThrottlingException', 400);
    if (fault === 'refused') throw answered('InternalError', 500);
    if (fault === 'reset') throw answered('ECONNRESET');
    await work();
    throw fault === 'lost' ? answered('TimeoutError') : answered('InternalError', 500);
  }
}
