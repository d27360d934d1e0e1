/**
 * Where a reader's bytes come from: anything that can be iterated over in chunks, such as a pipe, a
 * decompressor or a file. A file source opens the file anew each time that it is iterated, so it
 * can be read twice.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { FencelabError } from '../../domain/errors.ts';

export type LogSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const CHUNK_BYTES = 256 * 1024;
const NOT_TO_BE_HAD = new Set(['ENOENT', 'EACCES', 'EPERM', 'EISDIR', 'ENOTDIR', 'ELOOP']);

/** A failed read as the error that a user sees. */
export function inputError(error: unknown, where?: string): FencelabError {
  if (error instanceof FencelabError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && NOT_TO_BE_HAD.has(code)
    ? new FencelabError('FL203', `cannot read the log: ${code}`, where)
    : new FencelabError('FL309', `reading the log failed: ${String(error)}`, where);
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    for (;;) {
      // A fresh buffer each time: a consumer may keep a chunk while the next one is read.
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw inputError(error, path);
  } finally {
    await file?.close();
  }
}

export function fileSource(path: string): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => chunksOf(path) };
}
