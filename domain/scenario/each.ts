/**
 * `each` of a map: one op for every so many bytes of the range, all of the same part of the object. It is how a scenario
 * says "a page at a time" in one line; the ioctl carries the single ops.
 */
import { u64OfBigint } from '../units.ts';
import { type Path, problem } from './problem.ts';
import type { Report } from './ranges.ts';
import type { BindOp } from './schema.ts';

type MapOp = Extract<BindOp, { map: unknown }>['map'];

const PAGE = 0x1000n;
/** More than any driver takes at once. */
const MOST = 0x1_0000n;

/** The ops as the ioctl carries them. */
export function eachOp(ops: readonly BindOp[]): readonly BindOp[] {
  return ops.some((op) => 'map' in op && op.map.each !== undefined) ? ops.flatMap(piecesOf) : ops;
}

/** How many ops an op of a scenario stands for. */
export function countOf(op: BindOp): number {
  const each = 'map' in op ? BigInt(op.map.each ?? 0) : 0n;
  return 'map' in op && each > 0n ? Number(BigInt(op.map.range) / each) : 1;
}

function piecesOf(op: BindOp): BindOp[] {
  if (!('map' in op) || op.map.each === undefined) return [op];
  const { each, ...whole } = op.map;
  const addr = BigInt(whole.addr);
  const step = BigInt(each);
  return Array.from({ length: countOf(op) }, (_, i) => ({
    map: { ...whole, addr: u64OfBigint(addr + BigInt(i) * step), range: each },
  }));
}

/**
 * Checks `each` of a map, whatever the bind expects: whole pages, of which the range is so many. False when it reported
 * a problem.
 */
export function checkEach({ each, range }: MapOp, path: Path, report: Report): boolean {
  if (each === undefined) return true;
  const at = [...path, 'each'];
  const step = BigInt(each);
  const hint = 'Give a multiple of 0x1000 that divides `range`.';
  if (step === 0n || step % PAGE !== 0n || BigInt(range) % step !== 0n || BigInt(range) === 0n) {
    const what = `\`range\` ${range} is not so many times \`each\` ${each}`;
    report(problem('FL107', what, at, hint));
    return false;
  }
  if (BigInt(range) / step <= MOST) return true;
  const most = `An op may stand for ${MOST} at most.`;
  report(problem('FL107', `\`range\` ${range} is too many times \`each\` ${each}`, at, most));
  return false;
}
