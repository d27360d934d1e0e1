/** What most runs end with, told quickly. */
import type { World } from '../world/world.ts';

/** Nothing is left that anybody could wait for. */
export function isAtRest({ queues, timers, actors, shared }: World): boolean {
  if (queues.length > 0 || timers.length > 0) return false;
  if (Object.keys(shared.sleepers).length > 0) return false;
  for (const { machine, value } of actors.states) {
    if (machine === 'client' && value !== 'done') return false;
  }
  return Object.values(shared.fences).every((fences) => {
    let isOver = true;
    fences.visit(-Infinity, Infinity, ({ result }) => (isOver = result !== null));
    return isOver;
  });
}
