import { isUtf8 } from 'node:buffer';
import { accessSync, constants, lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { devNull } from 'node:os';
import { dirname } from 'node:path';
import { messageOf } from '../aws/error-message.ts';
import { UsageError } from './errors.ts';

/** Causes and remedies by the code of the system's error. */
const READ_REMEDIES: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder; name a file in it',
  ENOENT: 'there is no such file; check the name',
  ENOTDIR: 'a part of its path is a file; check the name',
  EACCES: 'you may not read it; check its permissions, and those of its folders',
  EPERM: 'you may not read it; check its permissions, and those of its folders',
  ELOOP: 'it is a link that leads to itself; name the file',
  ENAMETOOLONG: 'the name is too long; check it',
  ERR_FS_FILE_TOO_LARGE: 'it is too large; check the name',
  Z_BUF_ERROR: 'its gzip data is cut off; fetch it again',
  Z_DATA_ERROR: 'its gzip data is damaged; fetch it again',
};
const WRITE_REMEDIES: Readonly<Record<string, string>> = {
  EISDIR: 'it is a folder; name a file in it',
  ENOENT: 'its folder does not exist; create it, or name another',
  ENOTDIR: 'a part of its path is a file; name another folder',
  EACCES: 'you may not write there; name another place',
  EPERM: 'you may not write there; name another place',
  EROFS: 'nothing can be written there; name another place',
  ENOSPC: 'the disk is full; name another place',
};

const codeOf = (error: unknown): string | undefined => (Object(error) as { readonly code?: string }).code;

/** What a file that is no UTF-8 is answered with. */
export const NOT_UTF8 = 'it is not UTF-8 text; save it as UTF-8';

/** Why a file cannot be read, and the remedy: `cannot be read: it is a folder; name a file in it`. */
export function unreadable(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  return `cannot be read: ${READ_REMEDIES[codeOf(error) ?? ''] ?? messageOf(error)}`;
}

/** Why a file cannot be written, and the remedy: `cannot be written: it is a folder; name a file in it`. */
export function unwritable(error: unknown): string {
  const code = codeOf(error);
  return `cannot be written: ${WRITE_REMEDIES[code ?? ''] ?? `${code ?? 'an unknown error'}; name another place`}`;
}

/** A pipe that a shell has opened: `<(…)`, standard input. */
const OPEN_PIPE = /^\/(dev|proc)\//;

/** The text of a file that a person named. Throws UsageError. `name`: how it is shown. */
export function readText(path: string, name = path): string {
  try {
    // It would wait for ever, and not hear Ctrl-C, where nobody writes to it.
    if (assertReadable(path).isFIFO() && !OPEN_PIPE.test(path))
      throw new UsageError('cannot be read: it is a named pipe; name a file');
    const bytes = readFileSync(path);
    if (!isUtf8(bytes)) throw new UsageError(`cannot be read: ${NOT_UTF8}`);
    return bytes.toString('utf8');
  } catch (error) {
    throw new UsageError(`${name}: ${unreadable(error)}`);
  }
}

/** Throws the file system's error, or UsageError for what never ends, or may never begin. */
export function assertReadable(path: string): Stats {
  const stats = statsOf(path);
  const isDevice = stats.isCharacterDevice() || stats.isBlockDevice();
  if ((isDevice && path !== devNull) || stats.isSocket())
    throw new UsageError(`cannot be read: it is a ${isDevice ? 'device' : 'socket'}; name a file`);
  return stats;
}

function statsOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || !isLink(path)) throw error;
    throw new UsageError('cannot be read: it is a link that leads nowhere; name the file');
  }
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Throws UsageError where a file could not be written, before work is done for it. `given`: where it was named. */
export function assertWritable(given: string, path: string): void {
  if (path === '') throw new UsageError(`${given}: the file name is empty`);
  const refused = (error: unknown) => new UsageError(`${given} ${path}: ${unwritable(error)}`);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) throw refused({ code: 'EISDIR' });
  try {
    accessSync(stats === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw refused(error);
  }
}
