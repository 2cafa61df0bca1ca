/** The four flags of Block Public Access, all on. */
export const ALL_BLOCKED = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const;

type Flag = keyof typeof ALL_BLOCKED;

/** The flags that are not on; all four where nothing is configured. */
export const missingFlags = (configuration: { readonly [F in Flag]?: boolean | undefined } | null): readonly Flag[] =>
  (Object.keys(ALL_BLOCKED) as Flag[]).filter((flag) => configuration?.[flag] !== true);
