/** Names under which services say that the caller may not. */
const ACCESS_DENIED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'Client.UnauthorizedOperation',
  'NotAuthorized',
  'NotAuthorizedException',
  'UnauthorizedAccess',
  'UnauthorizedOperation',
]);

/** True where AWS says, by an error or its cause, that we may not. */
export const isAccessDenied = (error: unknown): boolean =>
  error instanceof Error && (ACCESS_DENIED.has(error.name) || isAccessDenied(error.cause));
