/**
 * What moves under a VM: BOs that some step evicts, and areas of the process that some step invalidates, if a bind may
 * map them there. A job's fence holds such a move back until the job is done; a bare access has no fence. On a
 * VM in fault mode the access faults and is repeated, in compute mode the move stops the queues first.
 */
import { BIND_OPS, rawOp } from '../ioctl/raw-op.ts';
import { areaOf } from './process-memory.ts';
import type { BindOp, Scenario, Step } from './schema.ts';

function mappedBy(op: BindOp, scenario: Scenario): string | undefined {
  const raw = rawOp(op, false);
  if (raw.op === BIND_OPS.map) return raw.bo ?? undefined;
  return raw.op === BIND_OPS.mapUserptr ? areaOf(scenario, raw.offset, raw.range) : undefined;
}

/** What is moved, by name, in words. */
function movesIn(steps: readonly Step[]): ReadonlyMap<string, string> {
  return new Map(
    steps.flatMap((step): [string, string][] => {
      if ('evict' in step) return [[step.evict.bo, `the eviction of \`${step.evict.bo}\``]];
      if (!('invalidate' in step)) return [];
      const { userptr } = step.invalidate;
      return [[userptr, `the invalidation of \`${userptr}\``]];
    }),
  );
}

/** For each VM under which something moves: one such move, in words. */
export function movesOf(scenario: Scenario): ReadonlyMap<string, string> {
  const steps = Object.values(scenario.clients).flat();
  const moves = movesIn(steps);
  const under = new Map<string, string>();
  if (moves.size === 0) return under;
  for (const step of steps) {
    if (!('bind' in step) || under.has(step.bind.vm)) continue;
    const mapped = step.bind.ops.map((op) => mappedBy(op, scenario) ?? '');
    const move = mapped.map((name) => moves.get(name)).find((each) => each !== undefined);
    if (move !== undefined) under.set(step.bind.vm, move);
  }
  return under;
}
