import pc from 'picocolors';

/** Colours for stdout, on a terminal only: picocolors by itself also colours the log of a CI server. */
export const colors = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
