/** What a sampler draws for a step that decides something. */
import { Random } from '../../../streams/explore/random.ts';
import { scenarioSystem } from '../../../streams/explore/scenario-system.ts';
import { drawMove } from '../../../streams/explore/strategies/draw.ts';
import type { Ask, System } from '../../../streams/explore/system.ts';
import type { Explored, WorldSystem } from '../../../streams/explore/world-system.ts';
import { seedOf } from '../../rig/scenarios.ts';
import { tokenSystem } from '../../rig/token-system.ts';
import { TINY } from '../../rig/tiny.ts';

const KINDS = ['fault', 'hardware'] as const;
const systemOf = (decisions: readonly (typeof KINDS)[number][]): WorldSystem =>
  scenarioSystem(TINY['twoBinds'] as never, { decisions });

test('only moves that there are, and each of them', () => {
  const system = systemOf(KINDS);
  const random = new Random('0x9');
  let several = 0;
  for (let run = 1; run <= 40; run++) {
    const walk = new Random(seedOf(run));
    let state = system.initial;
    for (;;) {
      const ready = system.ready(state);
      const process = ready[walk.int(ready.length)];
      if (process === undefined) break;
      const moves = system.moves(state, process);
      const move = drawMove(system, state, process, random);
      const same = moves.find(({ choice }) => choice === move.choice);
      expect(same && system.text(same.state)).toBe(system.text(move.state));
      if (moves.length > 1 && moves.length < 9 && run <= 3) {
        const drawn = new Set<string>();
        for (let i = 0; i < 3000; i++) drawn.add(drawMove(system, state, process, random).choice);
        expect(drawn).toEqual(new Set(moves.map(({ choice }) => choice)));
        several += 1;
      }
      ({ state } = move);
    }
  }
  expect(several).toBeGreaterThan(2);
});

test('what is asked only after an answer is answered, too', () => {
  // the third question comes only if the second is answered with 2
  const move = (choice: string) => {
    const options = choice.includes('!2:2') ? [2, 3, 2] : [2, 3];
    return { choice, asks: options.map((each, i) => hardware(i + 1, each)) } as never;
  };
  const system = {
    ...tokenSystem({ a: [{ set: 'x', to: 1 }] }),
    usual: (_state: unknown, process: string) => move(process),
    take: (_state: unknown, choice: string) => move(choice),
  };
  const random = new Random('0x4');
  const drawn = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const { choice } = drawMove(system, system.initial, 'a', random);
    drawn.set(choice, (drawn.get(choice) ?? 0) + 1);
  }
  const twelfths = { a: 2, 'a!1': 2, 'a!2': 2, 'a!1!2': 2, 'a!2:2': 1, 'a!2:2!3': 1 };
  const all = { ...twelfths, 'a!1!2:2': 1, 'a!1!2:2!3': 1 };
  expect([...drawn.keys()].sort()).toEqual(Object.keys(all).sort());
  for (const [choice, share] of Object.entries(all)) {
    expect(Math.abs((drawn.get(choice) ?? 0) - share * 500)).toBeLessThan(share * 60 + 40);
  }
});

const hardware = (number: number, options: number): Ask => ({ number, kind: 'hardware', options });

test('a thing that can fail fails once in six times', () => {
  const system = systemOf(['fault']);
  const random = new Random('0x3');
  const state = firstAsking(system);
  const process = system.ready(state).find((each) => asks(system, state, each)) as string;
  let failed = 0;
  for (let i = 0; i < 6000; i++) {
    if (drawMove(system, state, process, random).choice.includes('!1')) failed += 1;
  }
  expect(failed).toBeGreaterThan(880);
  expect(failed).toBeLessThan(1120);
});

test('kinds that are not explored are not drawn', () => {
  const system = systemOf([]);
  const random = new Random('0x3');
  for (let state = system.initial; ;) {
    const [process] = system.ready(state);
    if (process === undefined) break;
    const move = drawMove(system, state, process, random);
    expect(move.choice).toBe(process);
    ({ state } = move);
  }
});

test('a system that does not say what its steps ask has any of its moves', () => {
  const system = tokenSystem({ a: [{ set: 'x', to: 1 }] });
  const two = { ...system, moves: () => ['one', 'two'].map((choice) => ({ choice })) as never };
  const random = new Random('0x3');
  const drawn = Array.from({ length: 200 }, () => drawMove(two, two.initial, 'a', random).choice);
  expect(new Set(drawn)).toEqual(new Set(['one', 'two']));
});

function asks(system: System<Explored>, state: Explored, process: string): boolean {
  return (system.usual?.(state, process).asks?.length ?? 0) > 0;
}

function firstAsking(system: System<Explored>): Explored {
  for (let state = system.initial; ;) {
    const ready = system.ready(state);
    if (ready.some((each) => asks(system, state, each))) return state;
    state = system.moves(state, ready[0] as string)[0]?.state as Explored;
  }
}
