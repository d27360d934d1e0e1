/**
 * Scenarios with clients that do the same, for symmetry to have something to do: no scenario file has two of a kind. They
 * own nothing but syncobjs, as the order in which VMs, queues and BOs are made tells those apart.
 */
import { type Scenario, scenarioSchema } from '../../domain/scenario/schema.ts';

type Steps = readonly Readonly<Record<string, unknown>>[];

const page = { addr: 0x10000, range: 0x1000 };
const map = { bind: { vm: 'vm0', ops: [{ map: { ...page, bo: 'data' } }] } };
const unmap = { bind: { vm: 'vm0', ops: [{ unmap: page }], expect: 'any' } };

/** What each of them does; `@` stands for its letter. */
const PATTERNS: Readonly<Record<string, Steps>> = {
  map: [map],
  'map, wait': [{ bind: { ...map.bind, out: ['done@'] } }, { wait: 'done@' }],
  'map, unmap': [map, unmap],
};

const withLetter = (steps: Steps, letter: string): Steps =>
  JSON.parse(JSON.stringify(steps).replaceAll('@', letter)) as Steps;

function twinsOf(steps: Steps): Scenario {
  return scenarioSchema.parse({
    fencelab: 1,
    name: 'twins',
    vms: { vm0: {} },
    bos: { data: { size: 0x1000 } },
    syncobjs: { donea: {}, doneb: {} },
    clients: { a: withLetter(steps, 'a'), b: withLetter(steps, 'b') },
  });
}

/** Those with which every quirk is tried: two maps over each other, each with a flush that somebody waits for. */
export const QUIRKY_TWINS = 'map, wait';

/** By what each of them does. */
export const TWINS: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Object.entries(PATTERNS).map(([what, steps]) => [what, twinsOf(steps)]),
);
