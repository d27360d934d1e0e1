/**
 * The check of free-form JSON in a line that was read: `data` of a record, `source` of the header.
 * Whole numbers only, no member called `__proto__` (JSON.parse makes one happily, and a later copy
 * would follow it), bounded nesting, and in `data` no number where the wire form is a hex string.
 * What a writer refuses (canonical-json.ts), this refuses too.
 */
import { wireFormOf } from './canonical-json.ts';
import { MAX_DEPTH } from './format.ts';

/** `wire`: members named in WIRE_FORM must be text. `plain`: such names mean nothing. */
export type JsonKind = 'wire' | 'plain';

function isJson(value: unknown, kind: JsonKind, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isSafeInteger(value);
    case 'object':
      if (value === null) return true;
      if (depth <= 0) return false;
      if (!Array.isArray(value)) return isJsonObject(value, kind, depth);
      return value.every((item) => isJson(item, kind, depth - 1));
    default:
      return false;
  }
}

/** Whether a parsed value is an object that a line may hold. */
export function isJsonObject(value: unknown, kind: JsonKind, depth = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members)) {
    if (name === '__proto__') return false;
    const member = members[name];
    if (kind === 'wire' && typeof member === 'number' && wireFormOf(name) !== undefined)
      return false;
    if (!isJson(member, kind, depth - 1)) return false;
  }
  return true;
}
