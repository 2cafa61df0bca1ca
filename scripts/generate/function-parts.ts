import type { QueueOptions, Wake } from './queue.ts';

/** What a machine needs of a function, beside the statements of its role. */
export interface FunctionParts {
  /** Its folder and its name: `infrastructure`, `config-rules`. */
  readonly name: string;
  readonly description: string;
  /** What fills its queue, and what is particular about that queue; absent where it is invoked without one. */
  readonly queue?: QueueOptions & { readonly wakes: readonly Wake[] };
  /** What it has beside or instead of what all functions have. */
  readonly settings?: object;
  /** What people need to know of it once it is deployed. */
  readonly outputs?: Readonly<Record<string, object>>;
  /** Beside the queue, its rules and the role. */
  readonly resources?: Readonly<Record<string, object>>;
}
