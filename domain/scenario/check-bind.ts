/**
 * The static check of one bind step and of the mappings that an `expect` step lists. References are always checked.
 * Values are not when the bind expects an errno: then the kernel's refusal is what the scenario tests.
 */
import { MAX_BINDS } from '../ioctl/bind-check.ts';
import { type Path, problem, type Problem } from './problem.ts';
import { checkAligned, checkInsideBo, checkRange, type Report } from './ranges.ts';
import type { BindOp, BindStep, Scenario, SyncRef } from './schema.ts';
import type { Kind } from './names.ts';

/** What the check of a step needs to know. */
export interface StepContext {
  readonly scenario: Scenario;
  /** the first byte after a VM */
  readonly limit: bigint;
  readonly report: Report;
  /** checks a reference; true when it is good */
  readonly refer: (name: string, kinds: readonly Kind[], path: Path) => boolean;
}

type Mapping = Extract<BindOp, { map: unknown }>['map'];

/** Backing of a mapping: exactly one of a BO and NULL. */
function backingProblem(mapping: Mapping, path: Path): Problem | undefined {
  if (mapping.bo !== undefined && mapping.null === true) {
    return problem('FL114', 'a mapping of a BO cannot be NULL as well', path);
  }
  if (mapping.bo === undefined && mapping.null !== true) {
    return problem('FL114', 'a mapping needs `bo: NAME` or `null: true`', path);
  }
  if (mapping.bo === undefined && mapping.offset !== undefined && BigInt(mapping.offset) !== 0n) {
    return problem('FL114', 'a NULL mapping has no `offset`', path);
  }
  return undefined;
}

/** Checks the values of a mapping, as a request or as something expected. */
export function checkMapping(mapping: Mapping, path: Path, context: StepContext): void {
  const { report, scenario } = context;
  checkRange(mapping, context.limit, path, report);
  const backing = backingProblem(mapping, path);
  if (backing !== undefined) report(backing);
  const bo = mapping.bo === undefined ? undefined : scenario.bos[mapping.bo];
  if (mapping.bo === undefined || bo === undefined) return;
  const part = { offset: mapping.offset ?? '0x0', range: mapping.range };
  checkInsideBo(part, { name: mapping.bo, size: bo.size }, path, report);
}

/** Checks a syncobj reference and whether a point belongs there. */
export function checkSync(ref: SyncRef, path: Path, context: StepContext): void {
  if (!context.refer(ref.syncobj, ['syncobj'], path)) return;
  const timeline = context.scenario.syncobjs[ref.syncobj]?.kind === 'timeline';
  if (timeline && ref.point === undefined) {
    const what = `\`${ref.syncobj}\` is a timeline and needs a point`;
    context.report(problem('FL115', what, path, `Write { syncobj: ${ref.syncobj}, point: 1 }.`));
  } else if (!timeline && ref.point !== undefined) {
    const what = `\`${ref.syncobj}\` is binary and has no points`;
    context.report(
      problem(
        'FL115',
        what,
        path,
        `Drop \`point\`, or declare ${ref.syncobj} with \`kind: timeline\`.`,
      ),
    );
  } else if (ref.point !== undefined && BigInt(ref.point) === 0n) {
    context.report(
      problem('FL115', 'point 0 is where every timeline begins', path, 'Use a point of 1 or more.'),
    );
  }
}

function checkOp(op: BindOp, path: Path, held: boolean, context: StepContext): void {
  if ('map' in op) {
    const { bo } = op.map;
    if (bo !== undefined) context.refer(bo, ['bo'], [...path, 'map', 'bo']);
    if (held) checkMapping(op.map, [...path, 'map'], context);
  } else if ('unmap' in op) {
    if (held) checkRange(op.unmap, context.limit, [...path, 'unmap'], context.report);
  } else {
    context.refer(op.unmapAll.bo, ['bo'], [...path, 'unmapAll', 'bo']);
  }
}

/** Checks a bind step at `path`. */
export function checkBind(bind: BindStep, path: Path, context: StepContext): void {
  const held = bind.expect === 'ok';
  context.refer(bind.vm, ['vm'], [...path, 'vm']);
  if (held && bind.ops.length === 0) {
    const hint = 'Give at least one op, or add `expect: EINVAL` to test the refusal itself.';
    context.report(problem('FL103', 'a bind without ops is refused', [...path, 'ops'], hint));
  }
  if (held && bind.ops.length > MAX_BINDS) {
    const hint = `Give at most ${MAX_BINDS} ops, or add \`expect: EINVAL\` to test the refusal itself.`;
    const what = `a bind of ${bind.ops.length} ops is refused`;
    context.report(problem('FL103', what, [...path, 'ops'], hint));
  }
  bind.ops.forEach((op, index) => checkOp(op, [...path, 'ops', index], held, context));
  bind.in.forEach((ref, index) => checkSync(ref, [...path, 'in', index], context));
  bind.out.forEach((ref, index) => checkSync(ref, [...path, 'out', index], context));
}

/** Checks the address of an expected page-table entry. */
export function checkEntry(addr: string, path: Path, context: StepContext): void {
  checkAligned(addr, path, context.report);
  if (BigInt(addr) >= context.limit) {
    context.report(problem('FL106', `\`addr\` ${addr} is beyond the VM's end`, path));
  }
}
