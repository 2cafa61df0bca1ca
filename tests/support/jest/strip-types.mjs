import { stripTypeScriptTypes } from 'node:module';

/** Jest transform: Node's own type stripping, so that tests run the code as `node` runs it, line for line. */
export default {
  process: (source) => ({ code: stripTypeScriptTypes(source) }),
};
