/** Which of the simulator's own actors a scenario has words for; the others would only make its log longer. */
import { BIND_OPS, rawOp } from '../../domain/ioctl/bind-request.ts';
import type { Scenario, Step } from '../../domain/scenario/schema.ts';

export interface Needs {
  /** a BO may move or be freed: the memory manager */
  readonly memory: boolean;
  /** a BO may move: the queue that copies */
  readonly copies: boolean;
  /** a bind writes a user fence: the device-wide ordered queue */
  readonly ufences: boolean;
  /** some VM may fault: how many asids a page fault may name; each GT has queues for them */
  readonly faultAsids: number;
}

/** An atomic access brings its BO to VRAM. */
function isAtomic(step: Step): boolean {
  if ('gpu' in step) return step.gpu.atomic !== undefined;
  return (
    'exec' in step && step.exec.batch.some((item) => 'atomic' in item && item.atomic !== undefined)
  );
}

function moves(step: Step): boolean {
  if ('evict' in step || 'accessCounter' in step || isAtomic(step)) return true;
  if (!('bind' in step)) return false;
  return step.bind.ops.some((op) => rawOp(op, true).op === BIND_OPS.prefetch);
}

function writesUserFence(step: Step): boolean {
  return 'bind' in step && step.bind.out.some((sync) => 'userFence' in sync);
}

export function needsOf({ vms, bos, clients }: Scenario): Needs {
  const modes = Object.values(vms).map(({ mode }) => mode);
  const steps = Object.values(clients).flat();
  const copies = steps.some(moves);
  const frees = steps.some((step) => 'close' in step && step.close.name in bos);
  return {
    memory: copies || frees,
    copies,
    ufences: steps.some(writesUserFence),
    faultAsids: modes.includes('fault') ? modes.length : 0,
  };
}

/** What `create` steps make: it is not there at the beginning. */
export function madeLater({ clients }: Scenario): ReadonlySet<string> {
  const steps = Object.values(clients).flat();
  return new Set(steps.flatMap((step) => ('create' in step ? [step.create.name] : [])));
}
