/**
 * A failed write as the error that a user sees: no space (FL401), reader gone (FL402), anything
 * else (FL403).
 */
import { type ErrorCode, FencelabError } from '../../domain/errors.ts';

const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ['ENOSPC', 'FL401'],
  ['EDQUOT', 'FL401'],
  ['EPIPE', 'FL402'],
  ['ERR_STREAM_DESTROYED', 'FL402'],
]);

export function outputError(error: unknown, where?: string): FencelabError {
  if (error instanceof FencelabError) return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  const name = typeof code === 'string' ? code : undefined;
  const known = name === undefined ? undefined : CODES.get(name);
  const what = name ?? String(message ?? error);
  return new FencelabError(known ?? 'FL403', `writing failed: ${what}`, where);
}
