import type { Aws, ClientClass } from '../resource.ts';

/** Answers that are kept: those about the last few hundred resources. */
const MAX_ANSWERS = 1000;

const READ = /^(Describe|Get|List)/;

interface Command {
  readonly input: object;
}

/** Clients that ask the same thing once, for as long as they are used: within one round of reads, or in a dry run, where nothing changes by what we do. */
export function cachingReads(aws: (region: string) => Aws): (region: string) => Aws {
  const answers = new Map<string, unknown>();
  /** What failed may be asked again. */
  const forgottenOnFailure = (key: string, answer: unknown) => {
    if (answer instanceof Promise) answer.catch(() => answers.get(key) === answer && answers.delete(key));
    return answer;
  };
  const once = (key: string, ask: () => unknown) => {
    const answer = answers.get(key) ?? forgottenOnFailure(key, ask());
    answers.delete(key);
    answers.set(key, answer);
    for (const oldest of answers.keys()) {
      if (answers.size <= MAX_ANSWERS) break;
      answers.delete(oldest);
    }
    return answer;
  };
  return (home) =>
    <C>(type: ClientClass<C>, region = home): C => {
      const client = aws(home)(type, region) as { send(command: Command, ...rest: unknown[]): unknown };
      const send = (command: Command, ...rest: unknown[]) => {
        const ask = () => client.send(command, ...rest);
        const { name } = command.constructor;
        return READ.test(name) ? once(JSON.stringify([type.name, region, name, command.input]), ask) : ask();
      };
      return new Proxy(client, { get: (target, key) => (key === 'send' ? send : Reflect.get(target, key)) }) as C;
    };
}
