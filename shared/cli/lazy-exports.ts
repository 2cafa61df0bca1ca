import { createRequire } from 'node:module';

type Exports = Readonly<Record<string, object>>;

/** Gives stand-ins for what a module exports, by name: each loads the module when it is constructed, called, or asked for more than its name. */
export function lazily(load: () => Exports): (name: string) => unknown {
  let loaded: Exports | undefined;
  return (name) => {
    const actual = (): never => {
      loaded ??= load();
      return loaded[name] as never;
    };
    // A bound class can be called and constructed, and has no property of which a proxy must tell the truth.
    const standIn: object = new Proxy(Object.bind(null), {
      get: (_, key) => (key === 'name' ? name : Reflect.get(actual(), key)),
      has: (_, key) => Reflect.has(actual(), key),
      ownKeys: () => Reflect.ownKeys(actual()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(actual(), key),
      getPrototypeOf: () => Reflect.getPrototypeOf(actual()),
      apply: (_, self, args) => Reflect.apply(actual(), self, args),
      construct: (_, args, target) => Reflect.construct(actual(), args, target === standIn ? actual() : target),
    });
    return standIn;
  };
}

/** Stand-ins for the exports of a file in CommonJS. */
export const lazyExports = (file: string) => lazily(() => createRequire(file)(file) as Exports);
