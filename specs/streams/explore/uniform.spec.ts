/** Uniform over schedules: each as likely as another, whatever branches where; against counting them. */
import fc from 'fast-check';
import { peerSystem } from '../../../bench/peer/world.ts';
import { explore } from '../../../streams/explore/explore.ts';
import { ofText } from '../../../streams/explore/hash.ts';
import type { System } from '../../../streams/explore/system.ts';

/** By process: where each of its steps leads. A tree without processes is an end. */
interface Tree {
  readonly [process: string]: readonly Tree[];
}

const END: Tree = {};
const treeOf = (depth: number): fc.Arbitrary<Tree> => {
  if (depth === 0) return fc.constant(END);
  const inner = fc.array(fc.oneof(fc.constant(END), treeOf(depth - 1)), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.dictionary(fc.constantFrom('p', 'q', 'r'), inner, { maxKeys: 3 });
};

interface Place {
  readonly tree: Tree;
  readonly way: string;
}

/** @param ended told of each run's schedule */
function treeSystem(root: Tree, ended: (way: string) => unknown): System<Place> {
  const moves: System<Place>['moves'] = (place, process) =>
    (place.tree[process] ?? []).map((to, i) => ({
      choice: `${process}!${i}`,
      state: { tree: to, way: `${place.way} ${process}!${i}` },
      cause: -1,
      isLast: false,
      problem: null,
      touches: () => [],
      mergedTouches: () => [],
    }));
  return {
    initial: { tree: root, way: '' },
    ready: (place) => Object.keys(place.tree).sort(),
    threadOf: (process) => process,
    actorOf: (process) => process,
    moves,
    take: (place, choice) =>
      moves(place, choice.slice(0, 1)).find((move) => move.choice === choice),
    needs: () => ({ keeper: 0, needed: '' }),
    lets: () => true,
    sent: () => [],
    blocked: () => [],
    stuck: () => [],
    problemAtEnd: ({ way }) => {
      ended(way);
      return null;
    },
    key: ({ way }) => ofText(way),
    text: ({ way }) => way,
    orbitKey: null,
    unreducible: null,
  };
}

const schedulesOf = (root: Tree): number => {
  const all = Object.values(root).flat();
  return all.length === 0 ? 1 : all.reduce((sum, each) => sum + schedulesOf(each), 0);
};

const RUNS_EACH = 100;

/** How far counts are from even, in standard deviations of the chi-square distribution. */
function unevenness(counts: readonly number[], runs: number): number {
  const expected = runs / counts.length;
  const square = counts.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (square - freedom) / Math.sqrt(2 * freedom);
}

test('every schedule of a tree as often as another', () => {
  const property = fc.property(treeOf(3), (root) => {
    const schedules = schedulesOf(root);
    fc.pre(schedules > 1 && schedules <= 60);
    const seen = new Map<string, number>();
    const system = treeSystem(root, (way) => seen.set(way, (seen.get(way) ?? 0) + 1));
    const runs = RUNS_EACH * schedules;
    const { notes } = explore(system, 'uniform', { executions: runs });
    expect(notes[0]).toBe(`${schedules} schedules, each as likely as another`);
    expect(seen.size).toBe(schedules);
    expect(unevenness([...seen.values()], runs)).toBeLessThan(8);
  });
  fc.assert(property, { numRuns: 60, seed: 5 });
});

test('a bug of the peer model is met as often as schedules show it', () => {
  const RUNS = 1_500;
  // bench/peer, counted in peer.spec.ts
  const chance = 0.342_495_3;
  const limits = { executions: RUNS, isExhaustive: true };
  const { notes } = explore(peerSystem({ n: 3, bug: true }), 'uniform', limits);
  const failures = Number(/violations in (\d+) of/.exec(notes.join())?.[1]);
  const deviation = Math.sqrt(RUNS * chance * (1 - chance));
  expect(Math.abs(failures - RUNS * chance)).toBeLessThan(4 * deviation);
});

describe('the count of schedules', () => {
  /** A peer model that says how often its steps are looked at. */
  function counting(): { readonly system: ReturnType<typeof peerSystem>; looked: number } {
    const system = peerSystem({ n: 4 });
    const { moves } = system;
    const told = { system, looked: 0 };
    return Object.assign(told, {
      system: Object.assign(system, {
        moves: (...args: Parameters<typeof moves>) => {
          told.looked += 1;
          return moves(...args);
        },
      }),
    });
  }

  test('is taken once for all runs of a system, however often some are drawn', () => {
    const told = counting();
    const lookedBy = (executions: number): number => {
      const before = told.looked;
      explore(told.system, 'uniform', { executions });
      return told.looked - before;
    };
    const [first, second] = [lookedBy(1), lookedBy(1)];
    expect(second).toBeLessThan(first / 4);
  });

  test('ends when somebody wants an end, and is taken anew the next time', () => {
    const told = counting();
    explore(told.system, 'uniform', { executions: 10, shouldStop: () => true });
    expect(told.looked).toBeLessThan(10);
    const { notes } = explore(told.system, 'uniform', { executions: 1 });
    expect(notes[0]).toMatch(/^\d+ schedules, each as likely as another$/);
  });
});
