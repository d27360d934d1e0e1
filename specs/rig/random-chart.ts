/**
 * Random small statecharts inside the subset that our machines use: nested states, handlers on leaves and on their
 * ancestors, guards that read the context, chains of eventless transitions, targets of every kind. `tick` bounds the
 * chains: each eventless transition that could be taken for ever burns fuel, and its guard wants some.
 */
import fc from 'fast-check';
import {
  type Chart,
  type ChartTransition,
  defineMachine,
  type Machine,
} from '../../machines/contract/define.ts';
import { outcome } from '../../machines/contract/effects.ts';
import type { Action, Guard } from '../../machines/contract/event.ts';

export interface Counter {
  readonly n: number;
  readonly fuel: number;
}

const said = (what: string, { n }: Counter): { effect: 'cancel'; timer: string } => ({
  effect: 'cancel',
  timer: `${what} ${n}`,
});
const actions: Record<string, Action<Counter>> = {
  add: (c) => outcome({ ...c, n: c.n + 1 }, said('add', c)),
  double: (c, event) => outcome({ ...c, n: (c.n * 2) % 13 }, said(event.type, c), said('twice', c)),
  quiet: (c) => outcome({ ...c, n: (c.n + 5) % 17 }),
  nothing: (c) => outcome(c),
  tick: (c) => outcome({ ...c, fuel: c.fuel - 1 }, said('tick', c)),
};
const guards: Record<string, Guard<Counter>> = {
  even: ({ n }) => n % 2 === 0,
  third: ({ n }) => n % 3 === 0,
  big: ({ n }) => n > 6,
  never: () => false,
  fueled: ({ n, fuel }) => fuel > 0 && n % 5 !== 1,
};

export const EVENTS = ['e0', 'e1', 'e2'] as const;

/** A tree of states as paths; the root is the empty path. */
const SHAPES: readonly (readonly string[])[] = [
  ['a', 'b', 'c'],
  ['a', 'a.x', 'a.y', 'b'],
  ['a', 'a.x', 'a.x.p', 'a.x.q', 'a.y', 'b', 'b.x', 'b.y'],
  ['a', 'a.x', 'a.x.p', 'a.x.q', 'a.z', 'c', 'b', 'b.x'],
];

const names = (from: Record<string, unknown>): fc.Arbitrary<string> =>
  fc.constantFrom(...Object.keys(from));

interface Drawn {
  readonly on: Readonly<Record<string, readonly ChartTransition[]>>;
  readonly always: readonly ChartTransition[];
}

function transition(paths: readonly string[]): fc.Arbitrary<ChartTransition> {
  return fc
    .record({
      guard: fc.option(names(guards)),
      actions: fc.array(names(actions), { maxLength: 3 }),
      target: fc.option(fc.constantFrom(...paths)),
    })
    .map(({ guard, actions: run, target }) => ({
      ...(guard === null ? {} : { guard }),
      ...(target === null ? {} : { target: `#chart.${target}` }),
      actions: run,
    }));
}

function eventless(path: string, paths: readonly string[]): fc.Arbitrary<ChartTransition> {
  const burning = fc.record({
    guard: fc.constant('fueled'),
    actions: fc.array(names(actions), { maxLength: 2 }).map((run) => ['tick', ...run]),
    target: fc.constantFrom(...paths).map((target) => `#chart.${target}`),
  });
  const idle = names(guards).map((guard): ChartTransition => ({ guard }));
  const self = names(guards).map((guard): ChartTransition => ({ guard, target: `#chart.${path}` }));
  return fc.oneof({ arbitrary: burning, weight: 3 }, idle, path === '' ? idle : self);
}

function drawn(path: string, paths: readonly string[]): fc.Arbitrary<Drawn> {
  const handlers = fc.array(transition(paths), { maxLength: 2 });
  return fc.record({
    on: fc.record(Object.fromEntries(EVENTS.map((type) => [type, handlers]))),
    always: fc.array(eventless(path, paths), { maxLength: 2 }),
  });
}

type Tree = Omit<Chart, 'id'>;

function treeOf(path: string, paths: readonly string[], nodes: ReadonlyMap<string, Drawn>): Tree {
  const prefix = path === '' ? '' : `${path}.`;
  const own = paths.filter(
    (each) => each.startsWith(prefix) && !each.slice(prefix.length).includes('.') && each !== path,
  );
  const { on, always } = nodes.get(path) ?? { on: {}, always: [] };
  const handled = Object.fromEntries(Object.entries(on).filter(([, each]) => each.length > 0));
  const initial = own[0]?.slice(prefix.length);
  const states = own.map((each) => [each.slice(prefix.length), treeOf(each, paths, nodes)]);
  return {
    on: handled,
    always,
    ...(initial === undefined
      ? {}
      : { initial, states: Object.fromEntries(states) as Record<string, Tree> }),
  };
}

/** The initial leaf and its ancestors, where eventless transitions are not supported. */
function isInitial(path: string, paths: readonly string[]): boolean {
  return path === '' || paths[0] === path || (paths[0] === 'a' && /^a(\.x)?(\.p)?$/.test(path));
}

export const machineOf = (chart: Chart): Machine<Counter> =>
  defineMachine<Counter>(chart, guards, actions);

export const randomChart: fc.Arbitrary<Chart> = fc.constantFrom(...SHAPES).chain((paths) => {
  const all = ['', ...paths];
  return fc.tuple(...all.map((path) => drawn(path, paths))).map((nodes) => {
    const entries = all.map((path, i): [string, Drawn] => {
      const { on, always } = nodes[i] as Drawn;
      return [path, { on, always: isInitial(path, paths) ? [] : always }];
    });
    return { id: 'chart', ...treeOf('', paths, new Map(entries)) };
  });
});
