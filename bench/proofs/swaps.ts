/** Clients of a scenario that could be swapped without anybody noticing, as far as names say so. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { Member } from '../../streams/explore/orbit.ts';

type Names = readonly string[];

/** Every name of a scenario's tables that stands somewhere in a value, in the order of reading. */
function namesIn(value: unknown, known: ReadonlySet<string>, found: string[] = []): string[] {
  if (typeof value === 'string') {
    if (known.has(value) && !found.includes(value)) found.push(value);
  } else if (typeof value === 'object' && value !== null) {
    for (const each of Object.values(value)) namesIn(each, known, found);
  }
  return found;
}

const renamed = (value: unknown, names: Names): string =>
  JSON.stringify(value, (_key, each: unknown) => {
    const at = typeof each === 'string' ? names.indexOf(each) : -1;
    return at < 0 ? each : `*${at}`;
  });

/** A class of clients that do the same, each with what only it uses; empty if no two do. */
export function interchangeableIn(scenario: Scenario): readonly (readonly Member[])[] {
  const { clients, vms, bos, syncobjs, queues, userptrs } = scenario;
  const tables: Readonly<Record<string, unknown>> = {
    ...vms,
    ...bos,
    ...syncobjs,
    ...queues,
    ...userptrs,
  };
  const known = new Set(Object.keys(tables));
  const used = Object.entries(clients).map(([client, steps]) => {
    return { client, steps, names: namesIn(steps, known) };
  });
  const classes = new Map<string, Member[]>();
  for (const { client, steps, names } of used) {
    const own = names.filter(
      (name) => !used.some((other) => other.client !== client && other.names.includes(name)),
    );
    const text = renamed([steps, own.map((name) => tables[name])], own);
    classes.set(text, [...(classes.get(text) ?? []), [client, ...own]]);
  }
  return [...classes.values()].filter((members) => members.length > 1);
}
