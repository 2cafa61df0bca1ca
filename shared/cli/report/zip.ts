import { createHash } from 'node:crypto';
import { createWriteStream, openSync, rmSync, type WriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { UsageError } from '../errors.ts';
import { unwritable } from '../files.ts';

/** A file of an archive. */
export interface ArchivedFile {
  readonly name: string;
  /** The text, what gives its parts, or what makes it of the files before it. */
  readonly text: string | AsyncIterable<string> | ((before: readonly Digest[]) => string);
}

/** A file that was archived. */
export interface Digest {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a new ZIP file, each file read when its turn has come. Throws UsageError where the file exists or cannot be written, or what reading a file throws; what was begun is removed. */
export async function writeZip(path: string, files: readonly ArchivedFile[], mtime: Date): Promise<void> {
  const output = created(path);
  // Half an archive is none, also where Ctrl-C ends the process.
  const remove = () => rmSync(path, { force: true });
  process.once('exit', remove);
  const zip = new ZipFile();
  const digests: Digest[] = [];
  for (const file of files)
    zip.addReadStreamLazy(file.name, { mtime }, (pass) => {
      const bytes = Readable.from(digested(file, digests));
      // yazl passes no error of a file on.
      bytes.on('error', (error) => output.destroy(error));
      pass(null, bytes);
    });
  zip.end();
  try {
    await pipeline(zip.outputStream, output);
  } catch (error) {
    remove();
    const { syscall } = error as NodeJS.ErrnoException;
    throw syscall === undefined ? error : refused(path, error);
  } finally {
    process.off('exit', remove);
  }
}

/** A file that did not exist. Throws UsageError. */
function created(path: string): WriteStream {
  try {
    return createWriteStream(path, { fd: openSync(path, 'wx', 0o600) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw refused(path, error);
    throw new UsageError(`--bundle ${path}: it exists, and is not overwritten; give another name`);
  }
}

const refused = (path: string, error: unknown) => new UsageError(`--bundle ${path}: ${unwritable(error)}`);

/** The bytes of a file; its digest joins those of the files before it. */
async function* digested({ name, text }: ArchivedFile, digests: Digest[]): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  const parts = typeof text === 'function' ? text(digests) : text;
  for await (const part of typeof parts === 'string' ? [parts] : parts) {
    const buffer = Buffer.from(part, 'utf8');
    hash.update(buffer);
    bytes += buffer.length;
    yield buffer;
  }
  digests.push({ name, bytes, sha256: hash.digest('hex') });
}
