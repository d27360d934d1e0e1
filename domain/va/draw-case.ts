/**
 * Drawing a request to map: old, requested and new mappings as bars, eight columns a page, and the
 * operations as text.
 *
 * The notation, here and in documented-cases.ts: `a[1,3)@n+1` is pages 1 and 2 backed by object a
 * from page n+1 of it on; `REMAP x leaves p and q` unmaps x and maps p before and q behind the
 * request again, `-` where there is nothing; `keep` at the end of a line is the flag. `a[0,6)@n x2` is pages n and
 * n+1 over and over, `from 1` says that the mapping begins with the second of them.
 */
import { ROWS } from './decision-table.ts';
import { DOCUMENTED_CASES, OFFSET_M, OFFSET_N, type DocumentedCase } from './documented-cases.ts';
import { endOf, type MapRequest } from './mapping.ts';
import { applyOps, mapOp, type Op } from './ops.ts';
import { insertRegion } from './regions.ts';
import type { Repeat } from './repeat.ts';
import { refused, type OrErrno } from './result.ts';
import { mapOps } from './split-merge.ts';
import { createVaSpace, type VaSpace } from './va-space.ts';

const COLUMNS = 8;
/** All cases are drawn as wide as the widest. */
const PAGES = 3;

/** A page of an object, by the names of documented-cases.ts. */
export function offsetText(offset: number): string {
  const [name, base] = offset >= OFFSET_M ? ['m', OFFSET_M] : ['n', OFFSET_N];
  return offset === base ? name : `${name}+${offset - base}`;
}

function repeatText(repeat: Repeat | null | undefined): string {
  if (repeat === null || repeat === undefined) return '';
  return ` x${repeat.range}${repeat.phase === 0 ? '' : ` from ${repeat.phase}`}`;
}

const mappingText = (m: MapRequest): string =>
  `${m.obj ?? 'null'}[${m.addr},${endOf(m)})@${offsetText(m.offset)}${repeatText(m.repeat)}`;

/** One operation in the notation above. */
export function opText(op: Op): string {
  switch (op.op) {
    case 'map':
      return `MAP ${mappingText(op.map)}`;
    case 'unmap':
      return `UNMAP ${mappingText(op.unmap)}${op.keep ? ' keep' : ''}`;
    case 'remap': {
      const [prev, next] = [op.prev, op.next].map((piece) => (piece ? mappingText(piece) : '-'));
      return `REMAP ${mappingText(op.unmap)} leaves ${prev} and ${next}${op.keep ? ' keep' : ''}`;
    }
    case 'prefetch':
      return `PREFETCH ${mappingText(op.va)}`;
  }
}

/** How the two columns of a case come about. */
export type CaseColumn = 'merging' | 'splitting' | 'splitting without keep';

function accepted<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new RangeError(`a documented case is refused: ${result}`);
  return result;
}

/** The space of a case with its old mappings in it. */
export function caseSpace({ old }: Pick<DocumentedCase, 'old'>, column: CaseColumn): VaSpace {
  const semantics = column === 'splitting' ? 'gpuvm-6.18' : 'gpuva-2023';
  const config = { name: 'case', start: 0, range: 64, reserved: null, semantics } as const;
  let space = createVaSpace(config, column === 'merging');
  if (column === 'merging') {
    space = accepted(insertRegion(space, { addr: 0, range: 64, sparse: false }));
  }
  const maps = old.map(mapOp);
  return accepted(applyOps(space, maps, 1)).space;
}

/** What the request of a case comes apart into. */
export const caseOps = (one: DocumentedCase, column: CaseColumn): Op[] =>
  accepted(mapOps(caseSpace(one, column), one.request));

function outcome(one: DocumentedCase, column: CaseColumn): MapRequest[] {
  const ops = caseOps(one, column);
  const { space } = accepted(applyOps(caseSpace(one, column), ops, 100));
  return [...space.mappings.values()];
}

/** The bars of mappings that do not overlap: `|---a---|---b---|`. */
function bars(mappings: readonly MapRequest[]): string {
  const cells = Array.from({ length: PAGES * COLUMNS + 1 }, () => ' ');
  for (const mapping of mappings) {
    const from = mapping.addr * COLUMNS;
    const to = endOf(mapping) * COLUMNS;
    cells.fill('-', from, to);
    cells[from] = cells[to] = '|';
    cells[(from + to) >>> 1] = mapping.obj ?? '0';
  }
  return cells.join('');
}

function row(label: string, mappings: readonly MapRequest[]): string {
  const texts = mappings.map(({ obj, offset }) => `${obj ?? 'null'}@${offsetText(offset)}`);
  return `${label.padEnd(10)}${bars(mappings)}  ${texts.join(', ')}`;
}

const RULER = Array.from({ length: PAGES + 1 }, (_, page) => String(page).padEnd(COLUMNS)).join('');

const opLines = (label: string, ops: readonly string[]): string[] =>
  (ops.length > 0 ? ops : ['nothing']).map((op, i) => `${(i === 0 ? label : '').padEnd(10)}${op}`);

/** One case as text: its sentence, the bars, the operations. */
export function drawCase(one: DocumentedCase, number: number): string {
  const merged = outcome(one, 'merging');
  const split = outcome(one, 'splitting');
  const isSame = bars(merged) === bars(split);
  const after = isSame ? [row('new', merged)] : [row('merged', merged), row('split', split)];
  const lines = [
    `${number}. ${one.title}`,
    '',
    `${' '.repeat(10)}${RULER}`,
    row('old', one.old),
    row('request', [one.request]),
    ...after,
    '',
    ...opLines('merging', one.merging),
    ...opLines('splitting', one.splitting),
  ];
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** All sixteen, as docs/split-merge.md has them. */
export const drawCases = (): string =>
  DOCUMENTED_CASES.map((one, i) => `\`\`\`text\n${drawCase(one, i + 1)}\n\`\`\`\n`).join('\n');

/** The decision table, as docs/split-merge.md has it. */
export function drawTable(): string {
  const heads = ['row', 'begins', 'ends', 'merges', 'else leaves', 'then', 'looks', 'madvise maps'];
  const rows = ROWS.map((r) => [
    String(r.row),
    r.addr,
    r.end,
    r.merge,
    r.remains,
    r.then,
    r.looks,
    r.madvise,
  ]);
  const widths = heads.map((head, i) =>
    Math.max(...[heads, ...rows].map((row) => row[i]?.length ?? head.length)),
  );
  const text = [heads, ...rows].map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `\`\`\`text\n${text.join('\n')}\n\`\`\`\n`;
}
