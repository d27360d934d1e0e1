/** A scenario with a part of a list or record cut out, and what of a schedule goes with it. */
import type { Path } from '../../../domain/scenario/problem.ts';
import type { Owner } from './owners.ts';
import { at, type Subject, withoutElements, withoutMembers } from './subject.ts';

export interface Cut {
  /** null: the rest is no scenario */
  readonly subject: Subject | null;
  /** whose doing goes with it; null where the part is no client and no step of one, so nobody knows */
  readonly isGone: ((owner: Owner) => boolean) | null;
}

/** How many members there are at a place. */
export function sizeAt({ scenario }: Subject, path: Path): number {
  const whole = at(scenario, path);
  return typeof whole === 'object' && whole !== null ? Object.keys(whole).length : 0;
}

/** Without `count` members of what lies at `path`, from the `from`-th on. */
export function cutAt(subject: Subject, path: Path, from: number, count: number): Cut {
  const whole = at(subject.scenario, path) as object;
  const isOfClients = path[0] === 'clients';
  if (Array.isArray(whole)) {
    const isGone = ({ client, step }: Owner): boolean =>
      client === path[1] && step >= from && step < from + count;
    const rest = withoutElements(subject, path, from, count);
    return { subject: rest, isGone: isOfClients && path.length === 2 ? isGone : null };
  }
  const names = Object.keys(whole).slice(from, from + count);
  const isGone = ({ client }: Owner): boolean => names.includes(client);
  const rest = withoutMembers(subject, path, names);
  return { subject: rest, isGone: isOfClients && path.length === 1 ? isGone : null };
}

/** Without the steps of clients that no run with these owners begins. */
export function cutUnbegun(subject: Subject, owners: readonly (Owner | null)[]): Cut {
  let rest = subject;
  for (const [client, steps] of Object.entries(subject.scenario.clients)) {
    const begun = owners.map((owner) => (owner?.client === client ? owner.step + 1 : 0));
    const first = Math.max(0, ...begun);
    if (first < steps.length) {
      rest = withoutElements(rest, ['clients', client], first, steps.length - first) ?? rest;
    }
  }
  return { subject: rest === subject ? null : rest, isGone: null };
}
