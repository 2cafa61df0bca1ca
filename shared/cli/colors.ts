import pc from 'picocolors';

/** Colours for stdout, on a terminal alone: picocolors by itself colours a CI server's log too. */
export const colors = pc.createColors(process.stdout.isTTY === true && pc.isColorSupported);
