/**
 * What a long run costs: binds a second of one that waits for each bind, on a binary syncobj and on a timeline, by its
 * length; and what its last world keeps, in fences, in points, and as memory. Neither may grow with the length.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fencesIn } from '../domain/fence/syncobj.ts';
import { type Scenario, scenarioSchema } from '../domain/scenario/schema.ts';
import { runScenario } from '../streams/world/run.ts';
import type { World } from '../streams/world/world.ts';
import { type Figure, isMain, line, measure } from './measure.ts';

type Kind = 'binary' | 'timeline';

const KINDS: readonly Kind[] = ['binary', 'timeline'];
const PAGES = 64;

/** Not by parseScenario: the scenario is longer than it lets pass. */
function scenarioOf(kind: Kind, binds: number): Scenario {
  const steps = Array.from({ length: binds }, (_, i) => {
    const sync = kind === 'binary' ? 'done' : { syncobj: 'done', point: i + 1 };
    const map = { addr: (i % PAGES) * 0x2000, range: 0x1000, null: true };
    return [{ bind: { vm: 'vm0', ops: [{ map }], out: [sync] } }, { wait: sync }];
  });
  return scenarioSchema.parse({
    fencelab: 1,
    name: `${kind}-${binds}`,
    vms: { vm0: { async: true } },
    syncobjs: { done: { kind } },
    clients: { app: steps.flat() },
  });
}

function lastWorld(scenario: Scenario): World {
  const run = runScenario({ scenario, seed: '0x1', chooser: 'time' });
  for (;;) {
    const next = run.next();
    if (next.done === true) return next.value.world;
  }
}

/** Binds a second of one run. */
function rate(scenario: Scenario, binds: number): number {
  const start = performance.now();
  lastWorld(scenario);
  return (binds * 1000) / (performance.now() - start);
}

export interface Kept {
  readonly fences: number;
  readonly points: number;
  readonly bytes: number;
}

/** What the last world of a run keeps; `bytes` are of everything that the run has left in memory. */
export function keptBy(kind: Kind, binds: number, collect: () => void): Kept {
  const scenario = scenarioOf(kind, binds);
  collect();
  const before = process.memoryUsage().heapUsed;
  const { shared } = lastWorld(scenario);
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  const fences = Object.values(shared.fences).reduce((sum, { size }) => sum + size, 0);
  return { fences, points: Object.values(shared.syncobjs).flatMap(fencesIn).length, bytes };
}

export function run(sizes: readonly number[] = [1_000, 10_000]): Figure[] {
  return KINDS.flatMap((kind) =>
    sizes.map((binds) => {
      const scenario = scenarioOf(kind, binds);
      return measure(`${kind}, ${binds} binds, binds`, () => rate(scenario, binds));
    }),
  );
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

if (isMain(import.meta.url)) {
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  const collect = collector();
  run().map(line).forEach(print);
  keptBy('binary', 1_000, collect);
  for (const kind of KINDS) {
    for (const binds of [1_000, 10_000]) {
      const { fences, points, bytes } = keptBy(kind, binds, collect);
      const kib = Math.round(bytes / 1024);
      print(`${kind}, ${binds} binds: keeps ${fences} fences in ${points} points, ${kib} KiB`);
    }
  }
}
