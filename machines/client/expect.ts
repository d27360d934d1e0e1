/** What an `expect` step asks, held against what there is. */
import { errnoName } from '../../domain/errno.ts';
import type { FenceKey } from '../../domain/fence/fence-table.ts';
import { PLAIN } from '../../domain/va/mapping.ts';
import type { Step, SyncRef } from '../../domain/scenario/schema.ts';
import { hexOfPages, parsePages, u64OfBigint } from '../../domain/units.ts';
import { walk } from '../../hw/page-tables.ts';
import type { Effect } from '../contract/effects.ts';
import type { Piece } from '../contract/messages.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type ClientContext, judged } from './context.ts';

type Expectation = Extract<Step, { expect: unknown }>['expect'];
type ExpectedMapping = NonNullable<Expectation['mappings']>[number];

const hexPages = (text: string): string => {
  const pages = parsePages(text);
  return typeof pages === 'number' ? hexOfPages(pages) : text;
};

/** Backed by the process's memory at an address of the process. */
const USERPTR = 'userptr';

function mappingText(mapping: {
  readonly addr: string;
  readonly range: string;
  readonly backing: string;
  readonly readOnly: boolean;
  readonly repeat: string;
}): string {
  const { addr, range, backing, readOnly, repeat } = mapping;
  return `${addr}+${range} ${backing}${repeat}${readOnly ? ' read-only' : ''}`;
}

const repeatText = (range: string, phase: string): string =>
  ` every ${range}${phase === '0x0' ? '' : ` from ${phase}`}`;

function pieceText(piece: Piece): string {
  const { addr, range, obj, offset, readOnly, userptr } = piece;
  const owner = userptr ? USERPTR : (obj ?? 'none');
  const backing = piece.null ? 'NULL' : `${owner}@${hexOfPages(offset)}`;
  const pattern = piece.repeat;
  const repeat =
    pattern === undefined ? '' : repeatText(hexOfPages(pattern.range), hexOfPages(pattern.phase));
  return mappingText({
    addr: hexOfPages(addr),
    range: hexOfPages(range),
    backing,
    readOnly,
    repeat,
  });
}

function expectedText(expected: ExpectedMapping): string {
  const { addr, range, bo, offset, ptr, readOnly, repeat, phase } = expected;
  const owner = ptr === undefined ? (bo ?? 'none') : USERPTR;
  const backing = expected.null ? 'NULL' : `${owner}@${hexPages(ptr ?? offset ?? '0x0')}`;
  return mappingText({
    addr: hexPages(addr),
    range: hexPages(range),
    backing,
    readOnly: readOnly ?? PLAIN.readOnly,
    repeat: repeat === undefined ? '' : repeatText(hexPages(repeat), hexPages(phase ?? '0x0')),
  });
}

const listed = (texts: readonly string[]): string =>
  texts.length === 0 ? 'nothing mapped' : texts.join(', ');

/** All mappings of the VM, in order. */
export function judgeMappings(
  context: ClientContext,
  expected: readonly ExpectedMapping[],
  actual: readonly Piece[],
): Effect {
  return judged(
    context,
    'mappings',
    listed(expected.map(expectedText)),
    listed(actual.map(pieceText)),
  );
}

/** Leaf entries as the first GT's hardware would find them, past any TLB. */
export function judgeEntries(
  context: ClientContext,
  vm: string,
  entries: NonNullable<Expectation['entries']>,
  shared: SharedReader,
): Effect[] {
  const gt = shared.device.gts[0] ?? '';
  const space = shared.addressSpace(gt, vm);
  const { tables } = shared.hardware(gt);
  return entries.map(({ addr, pte }) => {
    const page = parsePages(addr);
    const found =
      space === null || typeof page !== 'number'
        ? null
        : walk(tables, space.root, space.levels, page);
    const actual = found?.kind === 'leaf' ? u64OfBigint(BigInt(found.pte)) : 'none';
    return judged(context, `entry ${addr}`, pte, actual);
  });
}

export function judgeSync(
  context: ClientContext,
  ref: SyncRef,
  wanted: 'signaled' | 'pending',
  shared: SharedReader,
): Effect {
  const fences = shared.capture(ref.syncobj, ref.point);
  const actual =
    fences === null
      ? 'empty'
      : fences.every((fence) => shared.isSignaled(fence))
        ? 'signaled'
        : 'pending';
  return judged(context, `syncobj ${ref.syncobj}`, wanted, actual);
}

/** What the fence that a syncobj holds has signalled with. */
export function judgeError(
  context: ClientContext,
  { of, is }: NonNullable<Expectation['error']>,
  shared: SharedReader,
): Effect {
  const fences = shared.capture(of.syncobj, of.point);
  return judged(context, `error of ${of.syncobj}`, is, resultText(fences, shared));
}

function resultText(fences: readonly FenceKey[] | null, shared: SharedReader): string {
  if (fences === null) return 'empty';
  if (!fences.every((fence) => shared.isSignaled(fence))) return 'pending';
  const results = fences.map((fence) => shared.resultOf(fence) ?? 0);
  const error = results.find((result) => result !== 0);
  return error === undefined ? 'ok' : errnoName(error);
}
