/** Names of errors, as programs call them: `AccessDeniedException: `. */
const ERROR_NAME = /\b[A-Z][A-Za-z0-9]*(?:Exception|Error|Fault|Failure): /g;

/** An error without the names that programs have for it. */
export const withoutErrorNames = (text: string): string => text.replace(ERROR_NAME, '');
