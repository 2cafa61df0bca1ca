/** True for the number of an account; not for the `aws` of managed policies, nor for a missing one. */
export const isAccountId = (text: string): boolean => /^\d{12}$/.test(text);
