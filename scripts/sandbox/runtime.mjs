import { existsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// A Lambda function's process: loads the handler by its name out of the unpacked archive, takes an event from each line of
// standard input and answers on the third descriptor, so that what the function logs stays apart.
const [root = '', name = ''] = process.argv.slice(2);
const dot = name.lastIndexOf('.');
const file = ['.mjs', '.js', '.cjs'].map((ending) => join(root, name.slice(0, dot) + ending)).find(existsSync);
if (file === undefined) throw new Error(`the archive holds no ${name}`);
const handler = (await import(file))[name.slice(dot + 1)];
const answer = (value) => writeSync(3, `${JSON.stringify(value)}\n`);
answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const { event, context, timeout } = JSON.parse(line);
  const deadline = Date.now() + timeout;
  try {
    const value = await handler(event, {
      ...context,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    answer({ value: value ?? null });
  } catch ({ name: errorType, message: errorMessage }) {
    answer({ error: { errorType, errorMessage } });
  }
}
