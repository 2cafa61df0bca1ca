/** Tags as most services list them, by their keys. */
export const tagsByKey = (
  tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[],
): Readonly<Record<string, string>> => Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
