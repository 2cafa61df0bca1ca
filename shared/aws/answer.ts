/** AWS answered without an error and without what the answer has to carry: that says nothing of the resource. */
export class IncompleteAnswerError extends Error {
  override readonly name = 'IncompleteAnswerError';
}

/** A member that every answer of the operation carries. Throws IncompleteAnswerError where it is left out: an empty body is not "nothing configured". */
export function carried<T>(operation: string, member: string, value: T | null | undefined): T {
  if (value === undefined || value === null) throw new IncompleteAnswerError(`${operation} answered without ${member}`);
  return value;
}
