/** The comparison as text: a row a figure, a column a backing. */
import type { Figures } from './figures.ts';
import type { Tried } from './sparse.ts';

/** The figures of a table, in order, with what they are called and how they are read. */
export const ROWS: readonly (readonly [figure: keyof Figures, label: string, unit: Unit])[] = [
  ['ioctls', 'VM_BIND calls', 'count'],
  ['ops', 'operations', 'count'],
  ['steps', 'maps, unmaps, remaps', 'count'],
  ['mappings', 'mappings, at most', 'count'],
  ['tables', 'page tables allocated', 'count'],
  ['tableBytes', 'page-table memory, at most', 'bytes'],
  ['entriesByCpu', 'entries written by CPU', 'count'],
  ['entriesByGpu', 'entries written by GPU', 'count'],
  ['invalidations', 'TLB invalidations', 'count'],
  ['flushedBytes', 'address space flushed', 'bytes'],
  ['timeNs', 'virtual time', 'time'],
];

export type Unit = 'count' | 'bytes' | 'time';

const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

function scaled(value: number, step: number, units: readonly string[]): string {
  let at = 0;
  let rest = value;
  while (rest >= step && at < units.length - 1) {
    rest /= step;
    at += 1;
  }
  const digits = at === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${Number(rest.toFixed(digits))} ${units[at] ?? ''}`;
}

/** A figure as people read it. */
export function figureText(value: number, unit: Unit): string {
  if (unit === 'bytes') return scaled(value, 1024, BINARY);
  if (unit === 'time') return scaled(value, 1000, ['ns', 'us', 'ms', 's']);
  return value.toLocaleString('en-US');
}

/** Lines of a table whose first column is left-aligned and whose others are right-aligned. */
export function alignedLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** What the GPU sees of a page that was only backed. */
export function sightLines(tried: readonly Tried[]): string[][] {
  return [
    ['a read gives', ...tried.map(({ sights }) => sights.read)],
    ['a write is', ...tried.map(({ sights }) => sights.write)],
    ['the written word is seen', ...tried.map(({ sights }) => sights.seen)],
  ];
}

/** The table of some backings: `figuresOf` picks all of a run, or one phase. */
export function compareLines(
  tried: readonly Tried[],
  figuresOf: (tried: Tried) => Figures,
): string[][] {
  return [
    ['', ...tried.map(({ request }) => request.backing)],
    ...ROWS.map(([figure, label, unit]) => [
      label,
      ...tried.map((each) => figureText(figuresOf(each)[figure], unit)),
    ]),
  ];
}
