/**
 * The course of a run or of an exploration, part by part: everything that must be the same wherever and however often
 * it is computed. Of a run: the log's lines, and behind each record the identity of the state that it led to, which
 * knows what no record shows. Of an exploration: every step that the search took, in order, and its whole result.
 */
import { canonicalOrder } from '../../domain/scenario/canonical.ts';
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import type { Executor } from '../../machines/execute/executor.ts';
import { invariantJudge } from '../../streams/explore/judge.ts';
import { explore, STRATEGIES, type StrategyName } from '../../streams/explore/explore.ts';
import { scenarioSystem } from '../../streams/explore/scenario-system.ts';
import { Keys, type StateKey } from '../../streams/explore/state-key.ts';
import type { Move, System } from '../../streams/explore/system.ts';
import { headerText } from '../../streams/log/header.ts';
import { lineOfRecord } from '../../streams/log/wire.ts';
import { enabled } from '../../streams/world/choice.ts';
import { chooserOf, deciderOf, endOf, tableExecutor } from '../../streams/world/run.ts';
import { decidedStep } from '../../streams/world/decide.ts';
import { startWorld } from '../../streams/world/start.ts';
import { peerSystem } from '../peer/world.ts';

export interface Part {
  /** `state`: after the record before; `step`: of a search */
  readonly what: 'header' | 'record' | 'state' | 'end' | 'step' | 'result' | 'thrown';
  /** number of the record or of the step */
  readonly at: number;
  readonly text: string;
}
export type Tell = (part: Part) => void;

const hex = ({ a, b }: StateKey): string => `${(a >>> 0).toString(16)}:${(b >>> 0).toString(16)}`;

export function tellRun(
  scenario: Scenario,
  how: { readonly chooser: 'time' | 'random'; readonly seed: U64 },
  tell: Tell,
  executor: Executor = tableExecutor,
): void {
  const { chooser: kind, seed } = how;
  const { name } = scenario;
  const origin = { engine: 'rerun', scenario: { name, source: canonicalOrder(scenario) } };
  tell({ what: 'header', at: 0, text: headerText({ ...origin, seed, chooser: kind }, 256) });
  const [chooser, decider, keys] = [chooserOf(how), deciderOf(how), new Keys()];
  const started = startWorld(scenario, seed, executor);
  let { world, record } = started;
  let sum = keys.sum({ world, view: null });
  for (;;) {
    tell({ what: 'record', at: record.seq, text: lineOfRecord(record) });
    tell({ what: 'state', at: record.seq, text: hex(keys.end(sum)) });
    const choices = enabled(world, executor);
    if (choices.length === 0) break;
    const chosen = chooser.choose(choices)?.key ?? '';
    const before = world;
    ({ world, record } = decidedStep(world, chosen, executor, decider));
    sum = keys.sum({ world, view: null }, { world: before, view: null }, sum);
  }
  const { verdict, stateHash, reasons, cycle } = endOf(world, [], false);
  tell({ what: 'end', at: world.seq, text: JSON.stringify([verdict, stateHash, reasons, cycle]) });
}

/** The same system, which tells of every step that it is asked for. */
function told<S>(system: System<S>, tell: Tell): System<S> {
  let at = 0;
  const note = ({ choice, state: to, problem }: Move<S>): void => {
    const text = JSON.stringify({ choice, state: hex(system.key(to)), problem });
    tell({ what: 'step', at: at++, text });
  };
  const moves: System<S>['moves'] = (state, process) => {
    const found = system.moves(state, process);
    found.forEach(note);
    return found;
  };
  const take: System<S>['take'] = (state, choice) => {
    const move = system.take(state, choice);
    if (move !== undefined) note(move);
    return move;
  };
  // what a class has as a getter is no member of a copy
  const copy = { ...system, unreducible: system.unreducible, moves, take };
  const { usual } = system;
  if (usual === undefined) return copy;
  return {
    ...copy,
    usual: (state, process) => {
      const move = usual(state, process);
      note(move);
      return move;
    },
  };
}

export interface Search {
  readonly strategy: StrategyName;
  readonly seed: U64;
  /** faults and hardware are explored, too */
  readonly isDecided: boolean;
}

/** Enough to go deep into every scenario, little enough to be done a thousand times. */
const TRANSITIONS = 250;
const COUNTED_STATES = 60;

function tellSearch<S>(name: string, system: System<S>, search: Search, tell: Tell): void {
  const { strategy, seed } = search;
  if (STRATEGIES[strategy].reduces && system.unreducible !== null) {
    // refused, with the same reason everywhere
    tell({ what: 'result', at: 0, text: JSON.stringify([name, search, system.unreducible]) });
    return;
  }
  const limits = { transitions: TRANSITIONS };
  const result = explore(told(system, tell), strategy, limits, { seed, maxStates: COUNTED_STATES });
  tell({ what: 'result', at: result.counts.transitions, text: JSON.stringify(result) });
}

export function tellExploration(scenario: Scenario, search: Search, tell: Tell): void {
  const judge = invariantJudge();
  const options = search.isDecided
    ? { judge, decisions: ['fault', 'hardware'] as const }
    : { judge };
  tellSearch(scenario.name, scenarioSystem(scenario, options), search, tell);
}

/** The peer model (bench/peer) has interchangeable members, so that symmetry has something to do. */
export function tellPeers(search: Search, tell: Tell): void {
  tellSearch('peers', peerSystem({ n: 4 }), search, tell);
}
