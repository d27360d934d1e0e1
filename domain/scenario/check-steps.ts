/** The static check of one step, by its kind. */
import { checkCpu, checkExec, checkGpu } from './check-access.ts';
import { checkBind } from './check-bind.ts';
import { checkGt, checkU32, type StepContext } from './check-context.ts';
import { checkEntry, checkMapping } from './check-ops.ts';
import { checkSync } from './check-syncs.ts';
import { type Path, problem } from './problem.ts';
import { checkWord } from './process-memory.ts';
import type { Step } from './schema.ts';

/** `step.bind` for the verb `bind`. */
type Body<V extends string> = Step extends infer S
  ? S extends Record<V, infer B>
    ? B
    : never
  : never;
type Checker<V extends string> = (body: Body<V>, path: Path, context: StepContext) => void;
type Verb = Step extends infer S ? (S extends S ? keyof S : never) : never;

const checkExpect: Checker<'expect'> = (expect, path, context) => {
  const { vm, mappings, entries, state, signaled, pending, error } = expect;
  if (vm !== undefined) context.refer(vm, ['vm'], [...path, 'vm']);
  else if (mappings !== undefined || entries !== undefined || state !== undefined) {
    const hint = 'Say whose address space: `vm: NAME`.';
    context.report(problem('FL103', '`vm` is missing', path, hint));
  }
  if ([mappings, entries, state, signaled, pending, error].every((part) => part === undefined)) {
    const hint = 'Give `mappings`, `entries`, `state`, `signaled`, `pending` or `error`.';
    context.report(problem('FL103', 'this step expects nothing', path, hint));
  }
  mappings?.forEach((mapping, index) => {
    const at = [...path, 'mappings', index];
    if (mapping.bo !== undefined) context.refer(mapping.bo, ['bo'], [...at, 'bo']);
    checkMapping(mapping, at, context);
  });
  entries?.forEach(({ addr }, index) =>
    checkEntry(addr, [...path, 'entries', index, 'addr'], context),
  );
  if (signaled !== undefined) checkSync(signaled, [...path, 'signaled'], context);
  if (pending !== undefined) checkSync(pending, [...path, 'pending'], context);
  if (error !== undefined) checkSync(error.of, [...path, 'error', 'of'], context);
};

const checkWait: Checker<'waitUserFence'> = (wait, path, context) => {
  const { addr, vmError } = wait;
  const { scenario, report, held } = context;
  if (vmError !== undefined) {
    context.refer(vmError, ['vm'], [...path, 'vmError']);
    if (addr === '0x0') return;
    const hint = 'The ioctl has one member for both: drop one of them.';
    report(problem('FL103', '`addr` cannot stand beside `vmError`', [...path, 'addr'], hint));
  } else if (addr === '0x0' && held) {
    const hint = 'Give `addr: ADDRESS`, or `vmError: NAME` to wait for an error of a VM.';
    report(problem('FL103', 'this step waits for nothing', path, hint));
  }
  checkWord(addr, [...path, 'addr'], scenario, report);
};

const checkEvict: Checker<'evict'> = ({ bo }, path, { scenario, report, refer }) => {
  const at = [...path, 'bo'];
  if (!refer(bo, ['bo'], at) || scenario.bos[bo]?.placement !== 'system') return;
  const hint = 'Declare it with `placement: vram`.';
  report(problem('FL103', `\`${bo}\` has no place in VRAM to be evicted from`, at, hint));
};

const checkCounter: Checker<'accessCounter'> = (counter, path, context) => {
  const { vm, gt, addr, vector } = counter;
  const { scenario, report, limit } = context;
  context.refer(vm, ['vm'], [...path, 'vm']);
  checkGt(gt, [...path, 'gt'], scenario, report);
  if (BigInt(addr) >= limit) {
    const hint = `Use an address below 0x${limit.toString(16)}.`;
    const what = `\`addr\` ${addr} is beyond the end of the VM`;
    report(problem('FL106', what, [...path, 'addr'], hint));
  }
  checkU32(BigInt(vector), [...path, 'vector'], report);
  if (vector !== '0x0') return;
  const hint = 'Set a bit for each part that was used.';
  report(
    problem('FL103', 'the hardware tells nothing of an unused page', [...path, 'vector'], hint),
  );
};

const checkMadvise: Checker<'madvise'> = ({ vm, property }, path, { refer, report }) => {
  refer(vm, ['vm'], [...path, 'vm']);
  checkU32(BigInt(property), [...path, 'property'], report);
};

const CHECKERS: { readonly [V in Verb]: Checker<V> } = {
  create: ({ name }, path, { refer }) => void refer(name, ['vm', 'bo', 'syncobj', 'queue'], path),
  close: ({ name }, path, { refer }) => void refer(name, ['vm', 'bo', 'queue'], path),
  bind: checkBind,
  exec: checkExec,
  wait: checkSync,
  signal: checkSync,
  waitUserFence: checkWait,
  gpu: checkGpu,
  cpu: checkCpu,
  expect: checkExpect,
  sleep: () => undefined,
  evict: checkEvict,
  invalidate: ({ userptr }, path, { refer }) =>
    void refer(userptr, ['userptr'], [...path, 'userptr']),
  reset: ({ gt }, path, { scenario, report }) => {
    checkGt(gt, [...path, 'gt'], scenario, report);
  },
  accessCounter: checkCounter,
  madvise: checkMadvise,
  query: () => undefined,
};

/** Checks one step. */
export function checkStep(step: Step, path: Path, context: StepContext): void {
  for (const [verb, body] of Object.entries(step)) {
    // the pair is one of the table's: a step has one member, named after its checker
    const check = CHECKERS[verb as Verb] as (body: unknown, path: Path, c: StepContext) => void;
    check(body, [...path, verb], context);
  }
}

/** What an ioctl is expected to return; undefined for a step that is none, or that expects a value. */
function expectedResult(step: Step): string | undefined {
  if ('bind' in step) return step.bind.expect;
  if ('exec' in step) return step.exec.expect;
  if ('create' in step) return step.create.expect;
  if ('close' in step) return step.close.expect;
  if ('wait' in step) return step.wait.expect;
  if ('waitUserFence' in step) return step.waitUserFence.expect;
  return 'madvise' in step ? step.madvise.expect : undefined;
}

/** The step shall succeed: it expects no errno. */
export function isHeld(step: Step): boolean {
  return (expectedResult(step) ?? 'ok') === 'ok';
}
