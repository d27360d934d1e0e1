/** Reads a file that somebody names. */
import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { type ErrorCode, FencelabError } from '../domain/errors.ts';
import { readFailure } from './system-error.ts';

const CHUNK_BYTES = 1 << 20;

/** Not by its stated size: a device or a pipe states none, and has no end. */
function bytesOf(file: string, maxBytes: number): Buffer {
  const chunks: Buffer[] = [];
  const fd = openSync(file, 'r');
  try {
    for (let length = 0; ;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(fd, chunk);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      length += count;
      if (length > maxBytes) {
        throw new FencelabError('FL112', `the file has more than ${maxBytes} bytes`, file);
      }
    }
  } finally {
    closeSync(fd);
  }
}

function notText(bytes: Buffer): string {
  const head = bytes.toString('latin1', 0, 2);
  if (head === '\x1f\x8b') return 'the file is gzip-compressed';
  if (head === '\xff\xfe' || head === '\xfe\xff') return 'the file is UTF-16, not UTF-8';
  return 'the file is not UTF-8 text';
}

/**
 * Its text.
 * @param code what it is when it is no text
 * @throws FencelabError FL203 when it cannot be read, FL112 when it is too large
 */
export function readInput(file: string, maxBytes: number, code: ErrorCode): string {
  let bytes: Buffer;
  try {
    bytes = bytesOf(file, maxBytes);
  } catch (error) {
    if (error instanceof FencelabError) throw error;
    throw new FencelabError('FL203', readFailure(error), file);
  }
  if (!isUtf8(bytes)) throw new FencelabError(code, notText(bytes), file);
  return bytes.toString('utf8');
}
