/**
 * The fixed numbers of log format v3. docs/log-format.md explains the format to somebody who writes
 * a reader in another language; every other file of this folder takes its constants from here.
 */

/** `log` of the header: whose log this is. */
export const LOG_NAME = 'fencelab';
/** `v` of the header and of every record that this build writes; older ones are read, too (upcast.ts). */
export const LOG_VERSION = 3;
/**
 * The oldest reader that understands what this build writes; a reader refuses a log that asks for a
 * newer one.
 */
export const MIN_READER = 3;
/** A line with its line end is at most this long, so that a reader's memory is bounded. */
export const MAX_LINE_BYTES = 1 << 20;
/** Records between two block lines. */
export const DEFAULT_BLOCK = 256;
/** Nesting of `data` and of the scenario; deeper values are refused, by writer and reader alike. */
export const MAX_DEPTH = 64;
