/**
 * A step's record and its line. Writing is one walk in canonical member order; reading back turns
 * the hex strings of facts into numbers again. `data` stays as the line has it: it is for people
 * and for comparing, nothing computes with it. Therefore `bodyOfRecord(recordOfLine(line))` is the
 * line's own text, which replay uses to compare. (A line of an older format has today's text then.)
 */
import type { Fact } from '../../domain/facts/schema.ts';
import { PAGES_IN_U64, pagesOfHex } from '../../domain/units.ts';
import type { StepRecord } from '../world/record.ts';
import { integerText, jsonText, stringText, wireFormOf, type WireForm } from './canonical-json.ts';
import { LOG_VERSION } from './format.ts';
import { framed } from './frame.ts';
import type { RecordLine } from './lines.schema.ts';

function sendsText(sends: StepRecord['sends']): string {
  let text = '';
  for (const [receiver, type] of sends) {
    text += `${text === '' ? '' : ','}[${stringText(receiver)},${stringText(type)}]`;
  }
  return text;
}

/**
 * The record's line up to its frame: everything before `,"crc"`. Two records are the same step
 * exactly when these texts are equal.
 * @throws FencelabError FL901 when a value has no exact JSON form
 */
export function bodyOfRecord(record: StepRecord): string {
  const { seq, t, cause } = record;
  return (
    `{"seq":${integerText(seq, 'seq')},"t":${integerText(t, 't')}` +
    `,"actor":${stringText(record.actor)},"type":${stringText(record.type)},"v":${LOG_VERSION}` +
    `,"cause":${cause === null ? 'null' : integerText(cause, 'cause')}` +
    `,"choice":${stringText(record.choice)},"data":${jsonText(record.data, undefined, 'data')}` +
    `,"state":${stringText(record.state)},"facts":${jsonText(record.facts, undefined, 'facts')}` +
    `,"sends":[${sendsText(record.sends)}]`
  );
}

/** The record's whole line, with checksum and line feed. */
export function lineOfRecord(record: StepRecord): string {
  return framed(bodyOfRecord(record));
}

function numberOf(form: WireForm, text: string): number {
  const value = form === 'page' ? pagesOfHex(text) : Number(text);
  if (value > (form === 'page' ? PAGES_IN_U64 : Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`${text} does not fit a ${form}`);
  }
  return value;
}

/** Changes a freshly parsed value in place: copying every fact would cost as much as parsing it. */
function toMemory(value: object): void {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      if (typeof item === 'object' && item !== null) toMemory(item);
    }
    return;
  }
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    const member = members[name];
    if (typeof member === 'string') {
      const form = wireFormOf(name);
      if (form !== undefined) members[name] = numberOf(form, member);
    } else if (typeof member === 'object' && member !== null) {
      toMemory(member);
    }
  }
}

/**
 * The facts of a parsed line in memory form. Takes the array over and changes it: pass what
 * JSON.parse just made.
 * @throws RangeError for an address or entry that no writer of ours could have had
 */
export function factsOfLine(facts: RecordLine['facts']): readonly Fact[] {
  toMemory(facts);
  return facts as readonly Fact[];
}

/**
 * The record of a line that the schema has accepted. Takes the parsed line over, see {@link
 * factsOfLine}.
 */
export function recordOfLine(line: RecordLine): StepRecord {
  return {
    seq: line.seq,
    t: line.t,
    actor: line.actor,
    type: line.type,
    cause: line.cause,
    choice: line.choice,
    data: line.data,
    state: line.state,
    facts: factsOfLine(line.facts),
    sends: line.sends,
  };
}
