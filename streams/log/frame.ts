/**
 * The frame of every line: `,"crc":"xxxxxxxx"}` and a line feed at its end, where the eight
 * lower-case hex digits are the CRC-32 (zlib's) of all bytes of the line before that comma. A line
 * is whole exactly when its line feed is there and its checksum is right. CRC-32 finds every burst
 * of up to 32 bits; the chain (chain.ts) stands behind it.
 */
import { crc32 } from 'node:zlib';

const OPENING = Buffer.from(',"crc":"');
const CLOSING = Buffer.from('"}');
const DIGITS = 8;
/** `,"crc":"` + 8 digits + `"}` */
export const FRAME_BYTES = OPENING.length + DIGITS + CLOSING.length;
const BRACE = 0x7b;

/** Completes a line: `{"seq":1` becomes `{"seq":1,"crc":"…"}` and a line feed. */
export function framed(body: string): string {
  return `${body},"crc":"${crc32(body).toString(16).padStart(DIGITS, '0')}"}\n`;
}

function matches(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}

/** Eight lower-case hex digits, or -1: `A` for `a` would be a flipped bit that nobody sees. */
function hexDigits(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < DIGITS; i++) {
    const byte = bytes[at + i] ?? 0;
    const digit =
      byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Whether `bytes[from, to)`, the line without its line feed, carries a right checksum. */
export function isFramed(bytes: Uint8Array, from: number, to: number): boolean {
  const end = to - FRAME_BYTES;
  if (end <= from || bytes[from] !== BRACE) return false;
  if (!matches(bytes, end, OPENING) || !matches(bytes, to - CLOSING.length, CLOSING)) return false;
  const stated = hexDigits(bytes, end + OPENING.length);
  return stated >= 0 && stated === crc32(bytes.subarray(from, end));
}
