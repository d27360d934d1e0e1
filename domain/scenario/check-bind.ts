/** The static check of one bind step, apart from its single ops and syncs. */
import { driverOf } from '../driver/drivers.ts';
import { MAX_BINDS } from '../ioctl/bind-check.ts';
import { rawOp } from '../ioctl/raw-op.ts';
import type { StepContext } from './check-context.ts';
import { checkOp } from './check-ops.ts';
import { checkSyncs } from './check-syncs.ts';
import { countOf } from './each.ts';
import { type Path, problem } from './problem.ts';
import type { BindStep, Scenario } from './schema.ts';

/** The ASYNC flag of a bind: what it says, or else what its VM was created with. */
export function asyncOf({ async, vm }: BindStep, scenario: Scenario): boolean {
  return async ?? scenario.vms[vm]?.async ?? false;
}

function checkCount(bind: BindStep, path: Path, { held, report }: StepContext): void {
  const length = bind.ops.reduce((sum, op) => sum + countOf(op), 0);
  const at = [...path, 'ops'];
  if (held && length === 0) {
    const hint = 'Give at least one op, or add `expect: EINVAL` to test the refusal itself.';
    report(problem('FL103', 'a bind without ops is refused', at, hint));
  }
  if (held && length > MAX_BINDS) {
    const hint = `Give at most ${MAX_BINDS} ops, or add \`expect: EINVAL\` to test the refusal itself.`;
    report(problem('FL103', `a bind of ${length} ops is refused`, at, hint));
  }
}

/** The kernel takes the call's ASYNC flag from the first op: the two are one flag and cannot differ. */
function checkFlag(bind: BindStep, path: Path, { scenario, report }: StepContext): void {
  const [first] = bind.ops;
  const flag = asyncOf(bind, scenario);
  if (first === undefined || rawOp(first, flag).async === flag) return;
  const what = `the first op ${flag ? 'lacks' : 'has'} the ASYNC flag, the bind ${flag ? 'has' : 'lacks'} it`;
  const hint = `The first op's flag is the bind's: write \`async: ${!flag}\` on the bind.`;
  report(problem('FL103', what, [...path, 'ops', 0], hint));
}

/** Where an op is executed by a job only that finds a range beyond the VM: the ioctl succeeds. */
const foundLater = (bind: BindStep, { scenario }: StepContext): boolean =>
  driverOf(scenario.device.profile) !== null && asyncOf(bind, scenario);

/** Checks a bind step at `path`. */
export function checkBind(bind: BindStep, path: Path, context: StepContext): void {
  context.refer(bind.vm, ['vm'], [...path, 'vm']);
  checkCount(bind, path, context);
  checkFlag(bind, path, context);
  const own = foundLater(bind, context) ? { ...context, limit: 1n << 64n } : context;
  bind.ops.forEach((op, index) => checkOp(op, bind.vm, [...path, 'ops', index], own));
  if (bind.queue !== undefined) context.refer(bind.queue, ['queue'], [...path, 'queue']);
  checkSyncs(bind, path, context);
}
