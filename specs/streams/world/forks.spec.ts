/** A world is a value: going on from it twice is two runs, and neither knows of the other. */
import { digestOf } from '../../../streams/replay/digest.ts';
import { viewsOfWorld } from '../../../streams/replay/views.ts';
import { lineOfRecord } from '../../../streams/log/wire.ts';
import { enabled } from '../../../streams/world/choice.ts';
import { randomChooser } from '../../../streams/world/chooser.ts';
import { tableExecutor } from '../../../streams/world/run.ts';
import { startWorld } from '../../../streams/world/start.ts';
import { step } from '../../../streams/world/step.ts';
import type { World } from '../../../streams/world/world.ts';
import { everyRun, stepsOf } from '../../rig/runs.ts';
import { seedOf } from '../../rig/scenarios.ts';

interface Path {
  readonly choices: readonly string[];
  readonly lines: readonly string[];
  readonly digest: string;
}

/** Goes on from `world` until nothing is possible. */
function goOn(world: World, seed: number): Path {
  const chooser = randomChooser(seedOf(seed));
  const choices: string[] = [];
  const lines: string[] = [];
  let now = world;
  for (let possible = enabled(now, tableExecutor); possible.length > 0;) {
    const key = chooser.choose(possible)?.key ?? '';
    const next = step(now, key, tableExecutor);
    choices.push(key);
    lines.push(lineOfRecord(next.record));
    now = next.world;
    possible = enabled(now, tableExecutor);
  }
  return { choices, lines, digest: digestOf(viewsOfWorld(now)) };
}

/** A fresh run that is told what to do. */
function retold(fresh: World, choices: readonly string[]): Path {
  const lines: string[] = [];
  let now = fresh;
  for (const choice of choices) {
    const next = step(now, choice, tableExecutor);
    now = next.world;
    lines.push(lineOfRecord(next.record));
  }
  return { choices, lines, digest: digestOf(viewsOfWorld(now)) };
}

test('forks of one world, stepped in turn, come out as fresh runs with the same choices', () => {
  for (const { label, scenario, chooser, seed } of everyRun(1)) {
    const past: string[] = [];
    for (const { before, choice } of stepsOf({ scenario, chooser, seed })) {
      const forks = past.length % 47 === 0 ? [1, 2, 3].map((n) => goOn(before, n)) : [];
      for (const { choices, lines, digest } of forks) {
        const fresh = startWorld(scenario, seed, tableExecutor).world;
        const again = retold(fresh, [...past, ...choices]);
        const differs = again.lines.slice(past.length).findIndex((line, i) => line !== lines[i]);
        expect([label, differs, again.digest]).toEqual([label, -1, digest]);
      }
      past.push(choice);
    }
  }
});

test('a world that was left behind is what it was', () => {
  for (const { label, scenario, chooser, seed } of everyRun(1)) {
    const kept: { readonly world: World; readonly digest: string; readonly text: string }[] = [];
    const textOf = ({ queues, timers, nowNs, seq }: World): string =>
      JSON.stringify([queues, timers, nowNs, seq]);
    for (const { before } of stepsOf({ scenario, chooser, seed })) {
      kept.push({ world: before, digest: digestOf(viewsOfWorld(before)), text: textOf(before) });
    }
    for (const { world, digest, text } of kept) {
      if (digestOf(viewsOfWorld(world)) !== digest) expect([label, world.seq]).toBe('unchanged');
      expect(textOf(world)).toBe(text);
    }
  }
});
