/** Any fact on one line: its type and what it says, for facts that no story tells. */
import type { Fact } from '../../domain/facts/schema.ts';
import { hexOfPages } from '../../domain/units.ts';

/** Members that hold pages: a number in memory, bytes in hex on paper. */
const PAGES: ReadonlySet<string> = new Set([
  'addr',
  'range',
  'phys',
  'offset',
  'ptr',
  'table',
  'root',
  'pages',
]);
/** A longer value is cut. */
const MAX_CHARS = 40;

function valueText(name: string, value: unknown): string {
  if (typeof value === 'number' && PAGES.has(name)) return hexOfPages(value);
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) {
    return value.length === 0 ? 'none' : value.join(',');
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CHARS ? `${text.slice(0, MAX_CHARS - 3)}...` : text;
}

/** `resv.added resv=vm0 fence=vm0/bind0:1 usage=bookkeep` */
export function factText(fact: Fact): string {
  const { type, ...members } = fact;
  const parts = Object.entries(members).map(([name, value]) => `${name}=${valueText(name, value)}`);
  return [type, ...parts].join(' ');
}
