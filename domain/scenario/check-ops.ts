/**
 * The static check of the ops of a bind, and of the mappings that an `expect` step lists. References are always checked.
 * Values are not when the bind expects an errno: then the kernel's refusal is what the scenario tests.
 */
import { sizeOfBo } from './bo-size.ts';
import { BIND_OPS, rawOp } from '../ioctl/raw-op.ts';
import { checkU32, type StepContext } from './check-context.ts';
import { checkEach } from './each.ts';
import { type Path, problem, type Problem } from './problem.ts';
import { areaOf } from './process-memory.ts';
import { checkSyncs } from './check-syncs.ts';
import { checkAligned, checkInsideBo, checkRange } from './ranges.ts';
import type { BindOp } from './schema.ts';

type Mapping = Extract<BindOp, { map: unknown }>['map'] & { readonly ptr?: string | undefined };
const NO_SYNCS = { in: [], out: [] };

/** Backing of a mapping: exactly one of a BO, NULL and, where a userptr may be, an address of the process. */
function backingProblem(mapping: Mapping, path: Path): Problem | undefined {
  const { bo, null: isNull, offset, ptr } = mapping;
  const both = (what: string): Problem => problem('FL114', what, path);
  if (bo !== undefined && isNull === true) return both('a mapping of a BO cannot be NULL as well');
  if (ptr !== undefined && (bo !== undefined || isNull === true)) {
    return both('a mapping of a userptr has neither a BO nor `null`');
  }
  if (ptr === undefined && bo === undefined && isNull !== true) {
    return both('a mapping needs `bo: NAME` or `null: true`');
  }
  if (bo === undefined && offset !== undefined && BigInt(offset) !== 0n) {
    return both(`a ${ptr === undefined ? 'NULL' : 'userptr'} mapping has no \`offset\``);
  }
  return undefined;
}

/** Checks the values of a mapping, as a request or as something expected. */
export function checkMapping(mapping: Mapping, path: Path, context: StepContext): void {
  const { report, scenario } = context;
  checkRange(mapping, context.limit, path, report);
  const backing = backingProblem(mapping, path);
  if (backing !== undefined) report(backing);
  if (mapping.ptr !== undefined) checkArea(mapping.ptr, mapping.range, path, context);
  const size = mapping.bo === undefined ? undefined : sizeOfBo(scenario, mapping.bo);
  if (mapping.bo === undefined || size === undefined) return;
  const shown = mapping.singlePage === true ? '0x1000' : (mapping.repeat ?? mapping.range);
  const part = { offset: mapping.offset ?? '0x0', range: shown };
  checkInsideBo(part, { name: mapping.bo, size }, path, report);
}

/** A map with `each` has to fit in as a whole, and each of its ops into the BO. */
function checkMap(
  mapping: Extract<BindOp, { map: unknown }>['map'],
  path: Path,
  context: StepContext,
): void {
  if (mapping.each === undefined) {
    checkMapping(mapping, path, context);
    return;
  }
  checkRange(mapping, context.limit, path, context.report);
  checkMapping({ ...mapping, range: mapping.each }, path, context);
}

/** Checks that the process has memory at [ptr, ptr + range). */
function checkArea(ptr: string, range: string, path: Path, context: StepContext): void {
  const at = [...path, 'ptr'];
  checkAligned(ptr, at, context.report);
  if (areaOf(context.scenario, ptr, range) !== undefined) return;
  const what = `the process has no memory at \`ptr\` ${ptr} + \`range\` ${range}`;
  const hint = 'Declare it under `userptrs`, or add `expect: EFAULT` to test the refusal itself.';
  context.report(problem('FL106', what, at, hint));
}

/** A private BO belongs to one VM (xe_drm.h: it "must only ever be bound to that VM"); the kernel does not check it. */
function checkPrivate(bo: string, vm: string, path: Path, { scenario, report }: StepContext): void {
  const owner = scenario.bos[bo]?.vm;
  if (owner === undefined || owner === vm) return;
  report(problem('FL120', `\`${bo}\` is private to \`${owner}\``, path));
}

function checkRaw(
  op: Extract<BindOp, { raw: unknown }>['raw'],
  path: Path,
  context: StepContext,
): void {
  checkU32(BigInt(op.op), [...path, 'op'], context.report);
  checkU32(BigInt(op.region), [...path, 'region'], context.report);
  if (context.held && rawOp({ raw: op }, false).op === BIND_OPS.mapUserptr) {
    checkArea(op.offset, op.range, path, context);
  }
}

/** Checks one op of a bind on `vm`. */
export function checkOp(op: BindOp, vm: string, path: Path, context: StepContext): void {
  const { held, limit, report } = context;
  const bo = rawOp(op, false).bo;
  const [form] = Object.keys(op);
  if (bo !== null) {
    const at = [...path, form ?? '', 'bo'];
    if (context.refer(bo, ['bo'], at) && !('unmapAll' in op)) checkPrivate(bo, vm, at, context);
  }
  if ('map' in op && !checkEach(op.map, [...path, 'map'], report)) return;
  const syncs = 'map' in op ? op.map : 'unmap' in op ? op.unmap : 'sync' in op ? op.sync : {};
  checkSyncs({ ...NO_SYNCS, ...syncs }, [...path, form ?? ''], context);
  if ('raw' in op) checkRaw(op.raw, [...path, 'raw'], context);
  if (!held) return;
  if ('map' in op) checkMap(op.map, [...path, 'map'], context);
  else if ('unmap' in op) checkRange(op.unmap, limit, [...path, 'unmap'], report);
  else if ('prefetch' in op) checkRange(op.prefetch, limit, [...path, 'prefetch'], report);
  else if ('mapUserptr' in op) {
    const at = [...path, 'mapUserptr'];
    checkRange(op.mapUserptr, limit, at, report);
    checkArea(op.mapUserptr.ptr, op.mapUserptr.range, at, context);
  }
}

/** Checks the address of an expected page-table entry. */
export function checkEntry(addr: string, path: Path, context: StepContext): void {
  checkAligned(addr, path, context.report);
  if (BigInt(addr) >= context.limit) {
    context.report(problem('FL106', `\`addr\` ${addr} is beyond the VM's end`, path));
  }
}
