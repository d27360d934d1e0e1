/**
 * The text of a framed line to its value, checked against its schema; what is wrong with it comes
 * back as a Problem.
 */
import { createHash } from 'node:crypto';
import type { StepRecord } from '../world/record.ts';
import { Problem } from './damage.ts';
import { LOG_NAME, LOG_VERSION } from './format.ts';
import { LineCheck } from './line-check.ts';
import {
  blockLine,
  type BlockLine,
  headerLine,
  type HeaderLine,
  recordLine,
  sealLine,
  type SealLine,
} from './lines.schema.ts';
import type { Upcaster } from './upcast.ts';
import { recordOfLine } from './wire.ts';

const header = new LineCheck(headerLine);
const record = new LineCheck(recordLine);
const block = new LineCheck(blockLine);
const seal = new LineCheck(sealLine);

/** A header that asks for a reader newer than this one. */
export class NewerLog {
  readonly minReader: number;

  constructor(minReader: number) {
    this.minReader = minReader;
  }
}

/**
 * JSON.parse does not recurse, so nesting cannot overflow the stack here; the schemas bound it
 * afterwards.
 */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return new Problem('json');
  }
}

function checked<T>(text: string, check: LineCheck<T>): T | Problem {
  const value = parsed(text);
  if (value instanceof Problem) return value;
  return check.accepts(value) ? value : new Problem('schema', check.issue(value));
}

/**
 * The hash covers the scenario's bytes as the line has them, so that no other language has to
 * imitate ours.
 */
function sourceText(text: string): string {
  const opening = ',"source":';
  const from = text.indexOf(opening);
  return text.slice(from + opening.length, text.lastIndexOf('},"seed":'));
}

export function parseHeader(text: string): HeaderLine | NewerLog | Problem {
  const value = parsed(text);
  if (value instanceof Problem) return value;
  const { log, minReader } = value as { log?: unknown; minReader?: unknown };
  if (log !== LOG_NAME) return new Problem('no-header');
  if (typeof minReader === 'number' && minReader > LOG_VERSION) return new NewerLog(minReader);
  if (!header.accepts(value)) return new Problem('schema', header.issue(value));
  const sha256 = createHash('sha256').update(sourceText(text)).digest('hex');
  return sha256 === value.scenario.sha256 ? value : new Problem('scenario');
}

/** @param upcaster for a log of an older format */
export function parseRecord(text: string, upcaster?: Upcaster): StepRecord | Problem {
  const value = parsed(text);
  const line = upcaster === undefined || value instanceof Problem ? value : upcaster.line(value);
  if (line instanceof Problem) return line;
  if (!record.accepts(line)) return new Problem('schema', record.issue(line));
  try {
    return recordOfLine(line);
  } catch (error) {
    if (error instanceof RangeError) return new Problem('schema', error.message);
    throw error;
  }
}

export function parseBlock(text: string): BlockLine | Problem {
  return checked(text, block);
}

export function parseSeal(text: string): SealLine | Problem {
  return checked(text, seal);
}
