/** True for DocumentDB and Neptune: services of their own, whose databases RDS's API answers for too. */
export const isOfOtherService = (engine: string | null): boolean => /^(docdb|neptune)/.test(engine ?? '');

/** True for RDS Custom, which leaves to its users what RDS does elsewhere. */
export const isCustom = (engine: string | null): boolean => /^custom-/.test(engine ?? '');

/** True for Aurora, whose cluster leaves some settings to each instance. */
export const isAurora = (engine: string | null): boolean => /^aurora/.test(engine ?? '');
