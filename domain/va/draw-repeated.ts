/**
 * Drawing the worked examples of repeated-cases.ts: what every page shows, before and after, and
 * the operations as text.
 */
import { NO_QUIRKS, QUIRKS, type QuirkId, type Quirks } from '../quirks/quirks.ts';
import { offsetText } from './draw-case.ts';
import { endOf, offsetAt, type Mapping } from './mapping.ts';
import { applyOps, mapOp, type Op } from './ops.ts';
import { REPEATED_CASES, type RepeatedCase } from './repeated-cases.ts';
import { refused, type OrErrno } from './result.ts';
import { mapOps, unmapOps } from './split-merge.ts';
import { createVaSpace, mappingAt, type VaSpace } from './va-space.ts';

const COLUMNS = 6;
const PAGES = 6;

function accepted<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new RangeError(`a worked example is refused: ${result}`);
  return result;
}

function spaceOf({ old }: RepeatedCase): VaSpace {
  const semantics = 'gpuvm-repeat';
  const empty = createVaSpace({ name: 'case', start: 0, range: 64, reserved: null, semantics });
  return accepted(applyOps(empty, old.map(mapOp), 1)).space;
}

/** What the request of an example comes apart into. */
export function repeatedOps(one: RepeatedCase, quirks: Quirks): Op[] {
  const { request } = one;
  const space = spaceOf(one);
  return accepted(
    'obj' in request
      ? mapOps(space, request, quirks)
      : unmapOps(space, request.addr, request.range, quirks),
  );
}

/** What a reader of the mapping sees at a page: `?` where the pattern has no pages. */
function shownAt(mapping: Mapping | undefined, page: number): string {
  if (mapping === undefined) return '.';
  const offset = offsetAt(mapping, page);
  return offset === null ? '?' : offsetText(offset);
}

const rowOf = (label: string, cells: readonly string[]): string =>
  `${label.padEnd(12)}${cells.map((cell) => cell.padEnd(COLUMNS)).join('')}`.trimEnd();

function pagesRow(label: string, space: VaSpace): string {
  const pages = Array.from({ length: PAGES }, (_, page) => page);
  return rowOf(
    label,
    pages.map((page) => shownAt(mappingAt(space, page), page)),
  );
}

const opLines = (label: string, ops: readonly string[]): string[] =>
  ops.map((op, i) => `${(i === 0 ? label : '').padEnd(12)}${op}`.trimEnd());

function drawOne(one: RepeatedCase, number: number): string {
  const before = spaceOf(one);
  const after = (quirks: Quirks): VaSpace =>
    accepted(applyOps(before, repeatedOps(one, quirks), 100)).space;
  const { request } = one;
  const asked = `[${request.addr},${endOf(request)})`;
  const wrong = QUIRKS.map(({ id }) => id).filter((id) => one.quirks[id] !== undefined);
  const on = (id: QuirkId): Quirks => [id];
  const rows = [
    rowOf(
      '',
      Array.from({ length: PAGES }, (_, page) => String(page)),
    ),
    pagesRow('old', before),
    pagesRow('new', after(NO_QUIRKS)),
    ...wrong.map((id) => pagesRow(id, after(on(id)))),
  ];
  const lists = [
    ...opLines(`${'obj' in request ? 'map' : 'unmap'} ${asked}`, one.ops),
    ...wrong.flatMap((id) => opLines(id, one.quirks[id] ?? [])),
  ];
  return [`${number}. ${one.title}`, '', ...rows, '', ...lists].join('\n');
}

/** All of them, as docs/split-merge.md has them. */
export const drawRepeated = (): string =>
  REPEATED_CASES.map((one, i) => `\`\`\`text\n${drawOne(one, i + 1)}\n\`\`\`\n`).join('\n');
