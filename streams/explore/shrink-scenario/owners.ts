/**
 * Whose doing each step of a run is: the step of a client that it goes back to, from cause to cause. If that step of the
 * client is left out, so is all that it led to, and what others do keeps its order. Without this a delivery of theirs
 * would take the place of one that is gone, since both are called by their queue. Between clients that is exact; within one
 * it is a guess, since a job that ends may start the next one: what then is not possible is passed over.
 */
import type { ClientContext } from '../../../machines/client/context.ts';
import { processOf } from '../../world/choice.ts';
import { actorOf } from '../../world/world.ts';
import type { Move } from '../system.ts';
import type { Explored, WorldSystem } from '../world-system.ts';

export interface Owner {
  readonly client: string;
  /** counted from 0; as many as the client has: its end */
  readonly step: number;
}

/** @param clients names of all clients */
export function ownersOf(
  system: WorldSystem,
  moves: readonly Move<Explored>[],
  clients: ReadonlySet<string>,
): readonly (Owner | null)[] {
  const owners: (Owner | null)[] = [];
  for (const { choice, cause, state } of moves) {
    const client = system.actorOf(processOf(choice));
    if (clients.has(client)) {
      const { pc } = actorOf(state.world, client).context as ClientContext;
      owners.push({ client, step: pc });
    } else owners.push(owners[cause] ?? null);
  }
  return owners;
}

/** The schedule without what goes back to some steps of clients. */
export function choicesWithout(
  choices: readonly string[],
  owners: readonly (Owner | null)[],
  isGone: (owner: Owner) => boolean,
): string[] {
  const kept: string[] = [];
  /** what began the program of each client whose first steps are gone */
  const beginnings = new Map<string, string>();
  const met = new Set<string>();
  choices.forEach((choice, i) => {
    const owner = owners[i] ?? null;
    const isFirst = owner !== null && !met.has(owner.client);
    if (owner !== null) met.add(owner.client);
    if (owner === null || !isGone(owner)) {
      const beginning = owner === null ? undefined : beginnings.get(owner.client);
      if (owner !== null) beginnings.delete(owner.client);
      kept.push(beginning ?? choice);
    } else if (isFirst) beginnings.set(owner.client, choice);
  });
  return kept;
}
