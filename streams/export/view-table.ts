/** A view of the state as a table: the shape, and how it is printed. */
import { columns } from './words.ts';

export interface ViewTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const byName = <V>(record: Readonly<Record<string, V>>): [string, V][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

export const list = (names: readonly string[]): string =>
  names.length === 0 ? '-' : names.join(', ');

/** A table as text; an empty one says so. */
export function tableText({ title, columns: head, rows }: ViewTable): string {
  const body = rows.length === 0 ? ['(none)'] : columns([head, ...rows]);
  return [title, ...body.map((line) => `  ${line}`)].join('\n');
}

/** A table's rows as objects. */
export function tableObjects({ title, columns: head, rows }: ViewTable): unknown {
  const objects = rows.map((row) => Object.fromEntries(head.map((key, i) => [key, row[i] ?? ''])));
  return { title, rows: objects };
}
