/**
 * Does the model answer as the kernel did? Runs one case of the vectors, request by request, and
 * compares every answer and the mappings that are there in the end.
 *
 * The answers were recorded from drm_gpuva_mgr.c (2023) and drm_gpuvm.c (6.18) compiled in user
 * space. A difference is reported as data, with both sides, at the first step that has one.
 */
import { PLAIN, type Mapping } from './mapping.ts';
import { applyOps, type Op } from './ops.ts';
import { insertRegion } from './regions.ts';
import { refused, type OrErrno } from './result.ts';
import { madviseOps, mapOps, unmapAllOps, unmapOps } from './split-merge.ts';
import { createVaSpace, type VaSpace } from './va-space.ts';
import {
  parseVectorLine,
  type VectorCase,
  type VectorMapping,
  type VectorOp,
  type VectorStep,
} from './vector-line.ts';

/** An answer as the vectors write it: the ops, or the errno. */
export type Answer = readonly VectorOp[] | number;

export type Verdict =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Which step, from 0, or the state that a setup or all the steps lead to. */
      readonly step: number | 'setup' | 'vas';
      readonly expected: Answer | readonly VectorMapping[];
      readonly actual: Answer | readonly VectorMapping[];
    };

const objName = (obj: number | null): string | null => (obj === null ? null : String(obj));

const toVector = ({ addr, range, obj, offset }: Mapping): VectorMapping => ({
  addr,
  range,
  obj: obj === null ? null : Number(obj),
  offset,
});

function toVectorOp(op: Op): VectorOp {
  switch (op.op) {
    case 'map':
      return { op: 'map', map: toVector(op.map) };
    case 'unmap':
      return { op: 'unmap', unmap: toVector(op.unmap), keep: op.keep };
    case 'remap':
      return {
        op: 'remap',
        prev: op.prev && toVector(op.prev),
        next: op.next && toVector(op.next),
        unmap: toVector(op.unmap),
        keep: op.keep,
      };
    case 'prefetch':
      throw new RangeError('no request of the vectors gives a prefetch');
  }
}

function opsOf(space: VaSpace, step: VectorStep): OrErrno<Op[]> {
  switch (step.do) {
    case 'map': {
      const { addr, range, obj, offset } = step;
      return mapOps(space, { addr, range, obj: objName(obj), offset, attrs: PLAIN });
    }
    case 'unmap':
      return unmapOps(space, step.addr, step.range);
    case 'unmap_all':
      return unmapAllOps(space, String(step.obj));
    case 'madvise': {
      const { addr, range } = step;
      return madviseOps(space, { addr, range, obj: null, offset: 0, attrs: PLAIN });
    }
  }
}

function spaceOf({ name, semantics, vm }: VectorCase): OrErrno<VaSpace> {
  const { start, range } = vm;
  const reserved = vm.reserved && { addr: vm.reserved[0], range: vm.reserved[1] };
  const config = { name, start, range, reserved, semantics };
  let space = createVaSpace(config, vm.regions !== null);
  for (const [addr, length, sparse] of vm.regions ?? []) {
    const grown = insertRegion(space, { addr, range: length, sparse });
    if (refused(grown)) return grown;
    space = grown;
  }
  return space;
}

/** Same JSON value. The zod schema has put both sides' keys into one order. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Runs a case that has been parsed. */
export function runCase(vectors: VectorCase): Verdict {
  const start = spaceOf(vectors);
  if (refused(start)) return { ok: false, step: 'setup', expected: [], actual: start };
  let space = start;
  let nextId = 1;
  for (const [index, step] of vectors.steps.entries()) {
    const ops = opsOf(space, step);
    const actual = refused(ops) ? ops : ops.map(toVectorOp);
    const expected = step.ops ?? (step.error as number);
    if (!isSame(expected, actual)) return { ok: false, step: index, expected, actual };
    if (refused(ops) || step.do === 'madvise') continue;
    const applied = applyOps(space, ops, nextId);
    if (refused(applied)) return { ok: false, step: index, expected, actual: applied };
    ({ space, nextId } = applied);
  }
  const actual = [...space.mappings.values()].map(toVector);
  return isSame(vectors.vas, actual)
    ? { ok: true }
    : { ok: false, step: 'vas', expected: vectors.vas, actual };
}

/** Runs one line of the vectors as it stands in the file. */
export function checkLine(
  line: string,
): Verdict | { readonly ok: false; readonly malformed: string } {
  const parsed = parseVectorLine(line);
  return 'case' in parsed ? runCase(parsed.case) : { ok: false, ...parsed };
}
