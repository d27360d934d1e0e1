/** Any fact on one line: its type and what it says, for facts that no story tells. */
import { errnoName } from '../../domain/errno.ts';
import { WIRE_FORM } from '../../domain/facts/fields.ts';
import type { Fact, FactOf } from '../../domain/facts/schema.ts';
import { hexOfPages } from '../../domain/units.ts';
import { groupPlace } from './pte-groups.ts';
import { opText, span, type VmOp } from './words.ts';

/** Members that are an errno where they are not 0. */
const ERRNOS: ReadonlySet<string> = new Set(['error', 'result']);
/** A longer value is cut. */
const MAX_CHARS = 60;

type Run = FactOf<'pte.written'>['runs'][number];
type Members = Readonly<Record<string, unknown>>;

const hex = (value: number): string => `0x${value.toString(16)}`;
const cut = (text: string): string =>
  text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 3)}...` : text;

/** `[16..31]=0x8803+0x1000`: what the first entry has, and by how much each is more than the one before. */
function runText({ index, count, pte, stride }: Run): string {
  const rising = count > 1 && stride !== 0 ? `+${hex(stride)}` : '';
  return `${groupPlace({ index, count })}=${hex(pte)}${rising}`;
}

function numberText(name: string, value: number): string {
  const form = Object.hasOwn(WIRE_FORM, name) ? WIRE_FORM[name] : undefined;
  if (form === 'page' || name === 'pages') return hexOfPages(value);
  if (form === 'entry' || name === 'pageSizes') return hex(value);
  return ERRNOS.has(name) && value < 0 ? errnoName(value) : String(value);
}

function listText(name: string, values: readonly unknown[]): string {
  if (values.length === 0) return 'none';
  if (name === 'runs') return (values as readonly Run[]).map(runText).join(',');
  if (name === 'ops') return (values as readonly VmOp[]).map(opText).join('; ');
  return values.map((each) => valueText(name, each)).join(',');
}

function valueText(name: string, value: unknown): string {
  if (typeof value === 'number') return numberText(name, value);
  if (Array.isArray(value)) return listText(name, value);
  if (typeof value === 'object' && value !== null) return `{${membersText(value as Members)}}`;
  return String(value);
}

/** An address and a range are one thing. */
function membersText(members: Members): string {
  const { addr, range } = members;
  const isSpan = typeof addr === 'number' && typeof range === 'number';
  const parts = Object.entries(members).flatMap(([name, value]) => {
    if (!isSpan) return [`${name}=${cut(valueText(name, value))}`];
    if (name === 'range') return [];
    return [`${name}=${name === 'addr' ? span(addr, range) : cut(valueText(name, value))}`];
  });
  return parts.join(' ');
}

/** `resv.added resv=vm0 fence=vm0/bind0:1 usage=bookkeep` */
export function factText(fact: Fact): string {
  const { type, ...members } = fact;
  return `${type} ${membersText(members)}`.trimEnd();
}
