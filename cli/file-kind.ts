/** What a file is, from its first bytes: a log and a scenario are easily given in each other's place. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { LOG_NAME } from '../streams/log/format.ts';

/** What a comment at the head of a scenario may take. */
const HEAD_BYTES = 1 << 16;
const MARK = `{"log":"${LOG_NAME}"`;

/** The first bytes of a plain file; undefined when there is none. */
function headOf(path: string, bytes: number): string | undefined {
  let fd: number;
  try {
    if (!statSync(path).isFile()) return undefined;
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(bytes);
    const count = readSync(fd, head, 0, bytes, 0);
    return count === 0 ? undefined : head.toString('latin1', 0, count);
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** Whether the file begins like that; undefined when there is none, or nothing in it. */
export function beginsWith(path: string, mark: string): boolean | undefined {
  const head = headOf(path, mark.length);
  return head === undefined ? undefined : head === mark;
}

/** Whether the file begins as a log does; undefined when there is none. */
export const beginsAsLog = (path: string): boolean | undefined => beginsWith(path, MARK);

/** Whether the file says of itself that it is a scenario: `fencelab: 1`, in YAML or JSON. */
export const looksLikeScenario = (path: string): boolean =>
  /^[\s{]*"?fencelab"?\s*:/m.test(headOf(path, HEAD_BYTES) ?? '');
