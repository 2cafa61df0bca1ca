import { createRequire } from 'node:module';
import { ROOT } from '../../scripts/catalogue.ts';

const require = createRequire(import.meta.url);

/** A file of the deployment that the framework calls as a function: `deployment.cjs`, `dashboard.cjs`, as it does with these answers to its questions (`self:service`, `param:regions`); a question with a second answer gets that where there is no first. */
export async function fromDeployment<T>(file: string, answers: Readonly<Record<string, unknown>>): Promise<T> {
  const make: (framework: object) => Promise<T> = require(`${ROOT}resources/${file}`);
  const resolveVariable = async (question: string) => {
    const [name = '', otherwise] = question.split(/,\s*/);
    if (answers[name] !== undefined) return answers[name];
    if (otherwise === "''") return '';
    throw new Error(`nobody knows ${question}`);
  };
  return make({ resolveVariable });
}
