/** A schedule as a text: whatever can be run can be written and read, and no slip of the pen runs as another schedule. */
import fc from 'fast-check';
import { loadScenario } from '../../../../cli/scenario-file.ts';
import { scenarioSystem } from '../../../../streams/explore/scenario-system.ts';
import {
  choicesOfText,
  scenarioMark,
  scheduleText,
  ScheduleTextError,
} from '../../../../streams/explore/schedule/text.ts';
import type { System } from '../../../../streams/explore/system.ts';
import { randomScenario } from '../../../rig/random-scenario.ts';
import { TINY } from '../../../rig/tiny.ts';

const MARK = 'abc123';
const EVICT = new URL('../../../../scenarios/evict.yaml', import.meta.url).pathname;

/** A run as far as the draws go: each picks a process, then one of its moves. */
function drawn<S>(system: System<S>, draws: readonly (readonly [number, number])[]): string[] {
  let state = system.initial;
  const choices: string[] = [];
  for (const [who, which] of draws) {
    const ready = system.ready(state);
    const process = ready[who % Math.max(1, ready.length)];
    if (process === undefined) break;
    const moves = system.moves(state, process);
    const move = moves[which % moves.length];
    if (move === undefined) break;
    choices.push(move.choice);
    ({ state } = move);
  }
  return choices;
}

const draws = fc.array(fc.tuple(fc.nat(50), fc.nat(3)), { maxLength: 60 });
const evict = scenarioSystem(loadScenario(EVICT), { decisions: ['fault'] });

/** More processes than one digit of base 36 tells apart; each goes twice. */
const wide: System<readonly string[]> = {
  ...(scenarioSystem(TINY['twoBinds'] as never) as unknown as System<readonly string[]>),
  initial: Array.from({ length: 40 }, (_, i) => [`p${100 + i}`, `p${100 + i}`]).flat(),
  ready: (left) => [...new Set(left)].sort(),
  take: (left, choice) => {
    const at = left.indexOf(choice);
    const state = left.filter((_, i) => i !== at);
    const move = {
      choice,
      state,
      cause: -1,
      isLast: false,
      problem: null,
      touches: () => [],
      mergedTouches: () => [],
    };
    return at < 0 ? undefined : move;
  },
  moves: (left, process) => [wide.take(left, process) as never],
};

describe('a text', () => {
  test('is read as the choices that it was made of, with answers of decisions', () => {
    fc.assert(
      fc.property(draws, (each) => {
        const choices = drawn(evict, each);
        expect(choicesOfText(evict, MARK, scheduleText(evict, MARK, choices))).toEqual(choices);
      }),
      { numRuns: 60 },
    );
    const failing = drawn(
      evict,
      Array.from({ length: 40 }, () => [0, 1]),
    );
    expect(failing.some((choice) => choice.includes('!'))).toBe(true);
    expect(scheduleText(evict, MARK, failing)).toMatch(/\.\d+\+\d/);
  });

  test('whatever the scenario', () => {
    fc.assert(
      fc.property(randomScenario, draws, (scenario, each) => {
        const system = scenarioSystem(scenario);
        const choices = drawn(system, each);
        expect(choicesOfText(system, MARK, scheduleText(system, MARK, choices))).toEqual(choices);
      }),
      { numRuns: 30 },
    );
  });

  test('takes two digits where one does not tell all processes apart', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(0)), { maxLength: 80 }), (each) => {
        const choices = drawn(wide, each);
        expect(choicesOfText(wide, MARK, scheduleText(wide, MARK, choices))).toEqual(choices);
      }),
    );
  });

  test('has nothing for a step without a choice', () => {
    const system = scenarioSystem(TINY['twoBinds'] as never);
    const choices = drawn(
      system,
      Array.from({ length: 200 }, () => [0, 0]),
    );
    let [state, free] = [system.initial, 0];
    for (const choice of choices) {
      if (system.ready(state).length > 1) free += 1;
      state = system.take(state, choice)?.state as never;
    }
    const body = scheduleText(system, MARK, choices).split('.')[3] ?? '';
    expect(body).toHaveLength(free);
    expect(free).toBeLessThan(choices.length);
  });
});

describe('a slip of the pen', () => {
  const choices = drawn(
    evict,
    Array.from({ length: 50 }, (_, i) => [i, i % 2]),
  );
  const text = scheduleText(evict, MARK, choices);
  /** What comes of it: null when it is refused. */
  const read = (typed: string): readonly string[] | null => {
    try {
      return choicesOfText(evict, MARK, typed);
    } catch (error) {
      if (error instanceof ScheduleTextError) return null;
      throw error;
    }
  };

  test.each([...text].map((_, i) => i))('at place %d is refused or changes nothing', (at) => {
    for (const other of '0z+.:,-!' + (text[at] ?? '').toUpperCase()) {
      const typed = text.slice(0, at) + other + text.slice(at + 1);
      const found = read(typed);
      if (found !== null) expect([typed.toLowerCase(), found]).toEqual([text, choices]);
    }
    expect(read(text.slice(0, at) + text.slice(at + 1))).toBeNull();
  });

  test('of any kind is refused', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(text.length), fc.nat(6), (junk, at, cut) => {
        const typed = text.slice(0, at) + junk + text.slice(at + cut);
        fc.pre(typed.toLowerCase() !== text);
        expect(read(typed)).toBeNull();
      }),
    );
  });
});

describe('the mark', () => {
  const scenario = TINY['twoBinds'] as never as Parameters<typeof scenarioMark>[0];

  test('tells scenarios and quirks apart, whatever the order of their keys', () => {
    const quirky = { ...scenario, device: { ...scenario.device, quirks: ['M04' as const] } };
    const turned = Object.fromEntries(Object.entries(scenario).reverse()) as typeof scenario;
    expect(scenarioMark(quirky)).not.toBe(scenarioMark(scenario));
    expect(scenarioMark(turned)).toBe(scenarioMark(scenario));
  });

  test('of another scenario is refused as such', () => {
    const system = scenarioSystem(scenario);
    const text = scheduleText(system, scenarioMark(scenario), []);
    expect(() => choicesOfText(system, 'zzzzzz', text)).toThrow(/another scenario/);
  });
});
