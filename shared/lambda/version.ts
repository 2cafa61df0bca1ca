import manifest from '../../package.json' with { type: 'json' };

/** The version of this code, for records: an auditor must be able to find it again. */
export const codeVersion: string = manifest.version;
