/**
 * Canonical JSON in one walk: members in insertion order, no white space, no fractions, page counts
 * and page-table entries as hex strings (WIRE_FORM decides by the member's name). Equal values give
 * equal bytes, which byte-identical logs and replay rest on. Anything that JSON would bend silently
 * (undefined, NaN, a Map, 2^53 and more, `__proto__`) is refused with the member's name; this,
 * besides the third that it saves, is why JSON.stringify with a replacer was not enough.
 */
import { WIRE_FORM } from '../../domain/facts/fields.ts';
import { FencelabError } from '../../domain/errors.ts';
import { hexOfPages, PAGES_IN_U64 } from '../../domain/units.ts';
import { MAX_DEPTH } from './format.ts';

export type WireForm = 'page' | 'entry';

/** WIRE_FORM without the prototype: a member called `constructor` has no wire form. */
const FORMS: ReadonlyMap<string, WireForm> = new Map(Object.entries(WIRE_FORM));

/** How the member of that name changes between memory and wire, if it does. */
export function wireFormOf(name: string): WireForm | undefined {
  return FORMS.get(name);
}

function refuse(what: string, name: string): never {
  throw new FencelabError('FL901', `a record cannot be written: ${what}`, `member ${name}`);
}

/** Most strings need no escape; the test is three times cheaper than JSON.stringify. */
// eslint-disable-next-line no-control-regex -- JSON escapes exactly these
const NEEDS_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

export function stringText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

export function integerText(value: number, name: string): string {
  if (!Number.isSafeInteger(value)) refuse(`${value} is not a whole number below 2^53`, name);
  return String(value);
}

function hexText(form: WireForm, value: number, name: string): string {
  const max = form === 'page' ? PAGES_IN_U64 : Number.MAX_SAFE_INTEGER;
  if (!Number.isInteger(value) || value < 0 || value > max) {
    refuse(`${value} is not a ${form === 'page' ? 'page count' : 'page-table entry'}`, name);
  }
  return form === 'page' ? `"${hexOfPages(value)}"` : `"0x${value.toString(16)}"`;
}

interface Member {
  /** `"addr":` */
  readonly text: string;
  readonly form: WireForm | undefined;
}
/**
 * Member names repeat endlessly, so each is quoted once. Bounded, because `data` may name members
 * as it likes.
 */
const MEMBERS = new Map<string, Member>();
const MAX_MEMBERS = 4096;

function memberOf(name: string): Member {
  const known = MEMBERS.get(name);
  if (known !== undefined) return known;
  const member = { text: `${stringText(name)}:`, form: wireFormOf(name) };
  if (MEMBERS.size < MAX_MEMBERS) MEMBERS.set(name, member);
  return member;
}

/** True for `{}` and Object.create(null) of any realm; false for a Map, a Date, an instance. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function arrayText(values: readonly unknown[], name: string, depth: number): string {
  let text = '[';
  for (let i = 0; i < values.length; i++) {
    if (i > 0) text += ',';
    text += jsonText(values[i], undefined, name, depth - 1);
  }
  return `${text}]`;
}

function objectText(value: object, name: string, depth: number): string {
  if (!isPlain(value)) refuse('only plain objects have a JSON form', name);
  const members = value as Readonly<Record<string, unknown>>;
  let text = '{';
  for (const key of Object.keys(members)) {
    if (key === '__proto__') refuse('no member may be called __proto__', name);
    const member = memberOf(key);
    if (text.length > 1) text += ',';
    text += member.text + jsonText(members[key], member.form, key, depth - 1);
  }
  return `${text}}`;
}

/**
 * The canonical text of a value that is the member `name` of something.
 * @param form how a number directly at this place is written
 * @throws FencelabError FL901 for a value without an exact JSON form
 */
export function jsonText(
  value: unknown,
  form: WireForm | undefined,
  name: string,
  depth = MAX_DEPTH,
): string {
  switch (typeof value) {
    case 'string':
      return stringText(value);
    case 'number':
      return form === undefined ? integerText(value, name) : hexText(form, value, name);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth <= 0) refuse(`nested deeper than ${MAX_DEPTH}`, name);
      return Array.isArray(value) ? arrayText(value, name, depth) : objectText(value, name, depth);
    default:
      return refuse(`${typeof value} has no JSON form`, name);
  }
}
