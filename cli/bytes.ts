/** A size in bytes as people write it: `100e6`, `0x1000`, `64K`, `1.5G`, `2MiB`. K, M, G and T are powers of 1024. */
import { FencelabError } from '../domain/errors.ts';

const UNITS = ['', 'K', 'M', 'G', 'T'];
const SIZE = /^(0x[0-9a-f]+|\d+(?:\.\d+)?(?:e\d{1,2})?)([KMGT]?)(?:i?B)?$/i;

/** A whole number of bytes, at least 1. @throws FencelabError FL201 naming the option */
export function parseBytes(text: string, option: string): number {
  const match = SIZE.exec(text.trim());
  const unit = UNITS.indexOf((match?.[2] ?? '').toUpperCase());
  const bytes = match === null ? Number.NaN : Number(match[1]) * 1024 ** unit;
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  const hint = 'write a number of bytes, such as 100e6, 0x1000, 64K or 1.5G';
  throw new FencelabError('FL201', `'${text}' is not a size; ${hint}`, option);
}
