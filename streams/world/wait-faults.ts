/** Waits for page faults: an access that is held for its answer, and a queue whose fault a VM handles. */
import { hexOfPages } from '../../domain/units.ts';
import type { FaultsContext } from '../../machines/faults/faults.ts';
import { faultQueueOf } from '../../machines/faults/names.ts';
import type { GtContext } from '../../machines/gt/context.ts';
import type { WaitFor, WaitRule } from './wait-nodes.ts';

/** A fault that was dropped is in no queue: nobody answers it, and only a reset has its access made again. */
export const heldAccesses: WaitRule['waits'] = (index, id) => {
  const { held } = index.actor(id)?.context as GtContext;
  return held.map(({ id: fault, access: { vm, addr } }): WaitFor => {
    const queue = faultQueueOf(id, index.world.shared.asids[vm] ?? 0);
    const { waiting, current } = index.actor(queue)?.context as FaultsContext;
    const isThere = [...waiting, current].some((each) => each?.id === fault);
    return isThere
      ? { kind: 'actor', id: queue, says: (name) => `waits for the answer of ${name}` }
      : {
          kind: 'event',
          id: `an answer to the page fault of ${vm} at ${hexOfPages(addr)}`,
          says: (name) => `waits for ${name}`,
        };
  });
};

/** The VM that handles the fault. */
export const handledFault: WaitRule['waits'] = (index, id) => {
  const { current } = index.actor(id)?.context as FaultsContext;
  if (current === null) return [];
  return [{ kind: 'actor', id: current.vm, says: (name) => `waits for the handler of ${name}` }];
};
