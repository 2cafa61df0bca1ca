import { Gone } from '../resource.ts';

/** AWS answered without an error and without what the answer has to carry: that says nothing of the resource. */
export class IncompleteAnswerError extends Error {
  override readonly name = 'IncompleteAnswerError';
}

/** A call that AWS answered as made and did not make: the error stands in the answer. */
class UnsuccessfulError extends Error {
  /** As with an error that the SDK throws: the service has said no. */
  readonly $metadata = { httpStatusCode: 400, attempts: 1 };

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

interface BatchAnswer {
  readonly Unsuccessful?: readonly { readonly Error?: { readonly Code?: string; readonly Message?: string } }[];
}

/** The answer of a write. Throws the first error that EC2 lists in it for a resource (`CreateFlowLogs`, `DeleteFlowLogs`), under the name that it has there. */
export function successful<T extends object>(answer: T): T {
  const [failed] = (answer as BatchAnswer).Unsuccessful ?? [];
  if (failed === undefined) return answer;
  const { Code = 'Unsuccessful', Message = 'AWS says that it was not successful, and not why' } = failed.Error ?? {};
  throw new UnsuccessfulError(Code, Message);
}

/** A member that every answer of the operation carries. Throws IncompleteAnswerError where it is left out: an empty body is not "nothing configured". */
export function carried<T>(operation: string, member: string, value: T | null | undefined): T {
  if (value === undefined || value === null) throw new IncompleteAnswerError(`${operation} answered without ${member}`);
  return value;
}

/** The one resource that a call was asked for, found by the member that holds its id. Throws Gone where the answer is an empty list, IncompleteAnswerError where it holds no list or only others: silence is no state. */
export function sole<T extends object>(
  service: string,
  found: readonly T[] | undefined,
  idMember: keyof T & string,
  id: string,
): T {
  const all = carried(service, `the list that holds ${id}`, found);
  if (all.length === 0) throw new Gone(`${service} knows no ${id}`);
  const asked = all.find((one) => one[idMember] === id);
  if (asked === undefined) throw new IncompleteAnswerError(`${service} answered with others than ${id}`);
  return asked;
}
