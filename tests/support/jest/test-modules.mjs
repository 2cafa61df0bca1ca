import { readFileSync, statSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SourceTextModule, SyntheticModule } from 'node:vm';

// What all test files of a worker share: sources without their types and as they were compiled, and modules that Node has
// loaded itself.
const sources = new Map();
const native = new Map();

/** The modules of one test file. Sources are loaded anew, so that no test file sees what another has left in them; packages and Node's own modules are loaded once. */
export class TestModules {
  #modules = new Map();
  #linking = Promise.resolve();
  #globals;

  /** `globals` gives what `@jest/globals` exports. */
  constructor(globals) {
    this.#globals = globals;
  }

  /** Loads and evaluates a file; gives what it exports. */
  async import(path) {
    return (await this.#evaluated(pathToFileURL(path).href, {})).namespace;
  }

  async #evaluated(url, attributes) {
    // One after the other: of two imports that find the same module, the first one links it.
    const linked = this.#linking.then(() => this.#linked(url, attributes));
    this.#linking = linked.catch(() => {});
    const module = await linked;
    await module.evaluate();
    return module;
  }

  async #linked(url, attributes) {
    const found = [];
    const module = await this.#find(url, attributes, found);
    for (const one of found) one.module.linkRequests(await Promise.all(one.imports));
    if (module.status === 'unlinked') module.instantiate();
    return module;
  }

  /** A module, or the promise of one that Node loads. Sources that are new are added to `found`, with what they import. */
  #find(url, attributes, found) {
    if (!isSource(url) && url !== GLOBALS) return nativeModule(url, attributes);
    const known = this.#modules.get(url);
    if (known !== undefined) return known;
    const module = url === GLOBALS ? synthetic(url, this.#globals()) : this.#compiled(url);
    this.#modules.set(url, module);
    if (url !== GLOBALS) {
      const imports = module.moduleRequests.map((one) =>
        this.#find(resolved(one.specifier, url), one.attributes, found),
      );
      found.push({ module, imports });
    }
    return module;
  }

  #compiled(url) {
    const filename = fileURLToPath(url);
    const kept = sourceOf(filename);
    const module = new SourceTextModule(kept.source, {
      identifier: filename,
      ...(kept.compiled && { cachedData: kept.compiled }),
      initializeImportMeta: (meta) => {
        const resolve = (specifier) => resolved(specifier, url);
        Object.assign(meta, { url, filename, dirname: dirname(filename), main: false, resolve });
      },
      importModuleDynamically: (specifier, _, attributes) => this.#evaluated(resolved(specifier, url), attributes),
    });
    kept.compiled ??= module.createCachedData();
    return module;
  }
}

const GLOBALS = '@jest/globals';
const isSource = (url) => /^file:.*\.(ts|mjs|js)$/.test(url) && !url.includes('/node_modules/');
const resolved = (specifier, from) => (/^\.{0,2}\//.test(specifier) ? new URL(specifier, from).href : specifier);

function sourceOf(filename) {
  const { mtimeMs } = statSync(filename);
  const kept = sources.get(filename);
  if (kept?.mtimeMs === mtimeMs) return kept;
  const text = readFileSync(filename, 'utf8');
  const source = filename.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
  const read = { source, mtimeMs, compiled: null };
  sources.set(filename, read);
  return read;
}

/** What Node loads itself, as a module that sources can be linked to. Every source's packages stand in one folder, so that this file finds what they find. */
function nativeModule(specifier, attributes) {
  const key = JSON.stringify([specifier, attributes]);
  const kept = native.get(key);
  if (kept !== undefined) return kept;
  const module = import(specifier, { with: attributes }).then((namespace) => synthetic(specifier, namespace));
  native.set(key, module);
  return module;
}

function synthetic(identifier, exported) {
  const names = Object.keys(exported);
  function evaluate() {
    for (const name of names) this.setExport(name, exported[name]);
  }
  return new SyntheticModule(names, evaluate, { identifier });
}
