/**
 * The world at its beginning: actors for everything that a scenario declares, and record 0, whose facts make the
 * objects that no client's `create` step makes later.
 */
import type { Scenario } from '../../domain/scenario/schema.ts';
import type { U64 } from '../../domain/units.ts';
import { seed32 } from '../../hw/latency.ts';
import { createBo, createSyncobj } from '../../machines/client/create.ts';
import { newClient } from '../../machines/client/context.ts';
import { type Effect, fact, send } from '../../machines/contract/effects.ts';
import type { ActorId } from '../../machines/contract/messages.ts';
import type { ActorState, Executor } from '../../machines/execute/executor.ts';
import { foldShared } from '../../machines/shared/fold.ts';
import { SharedReader } from '../../machines/shared/reader.ts';
import { NOTHING_SHARED } from '../../machines/shared/shared.ts';
import { bindEngineOf } from '../../machines/vm/context.ts';
import { createVm, newVm } from '../../machines/vm/life.ts';
import type { StepRecord } from './record.ts';
import { applyEffects } from './step.ts';
import type { World } from './world.ts';

/** Who makes record 0. */
export const WORLD = 'world';

const LEVELS = { 48: 4, 57: 5 } as const;

function created(scenario: Scenario): ReadonlySet<string> {
  const steps = Object.values(scenario.clients).flat();
  return new Set(steps.flatMap((step) => ('create' in step ? [step.create] : [])));
}

export interface Started {
  readonly world: World;
  readonly record: StepRecord;
}

export function startWorld(scenario: Scenario, seed: U64, executor: Executor): Started {
  const later = created(scenario);
  const { gts: count, vaBits, profile } = scenario.device;
  const gts = Array.from({ length: count }, (_, i) => `gt${i}`);
  const actors: Record<ActorId, ActorState> = {};
  const effects: Effect[] = [fact({ type: 'device.created', gts, vaBits, profile })];
  const add = (id: ActorId, machine: string, context: unknown, value?: string): void => {
    const state = value ?? executor.initialValue(machine);
    actors[id] = { machine, value: state, context };
    effects.push(fact({ type: 'actor.started', actor: id, machine, state }));
  };
  for (const gt of gts) {
    add(gt, 'gt', { id: gt });
    add(`${gt}/tlb`, 'tlb', { id: `${gt}/tlb`, gt, seqno: 0, pending: [] });
  }
  effects.push(...objects(scenario, later, effects));
  Object.entries(scenario.vms).forEach(([id, { async, semantics }], index) => {
    const input = { id, index, async, semantics, gts, levels: LEVELS[vaBits] };
    const engine = bindEngineOf(id);
    add(engine, 'bindEngine', { id: engine, queue: [], waitingOn: [] });
    if (later.has(id)) return add(id, 'vm', newVm(input));
    const made = createVm(newVm(input));
    effects.push(...made.effects);
    add(id, 'vm', made.context, 'open.idle');
  });
  for (const [id, program] of Object.entries(scenario.clients)) {
    add(id, 'client', newClient(id, program, scenario));
    effects.push(send(id, 'client.next', {}));
  }
  return record0(scenario, seed, actors, effects);
}

/** BOs and syncobjs; each BO lies behind the one before. */
function objects(
  scenario: Scenario,
  later: ReadonlySet<string>,
  before: readonly Effect[],
): Effect[] {
  const effects: Effect[] = [];
  let shared = before.reduce(
    (folded, each) => (each.effect === 'fact' ? foldShared(folded, each.fact) : folded),
    NOTHING_SHARED,
  );
  for (const [id, bo] of Object.entries(scenario.bos)) {
    if (later.has(id)) continue;
    const made = createBo(id, bo, new SharedReader(shared, null));
    if (made.effect === 'fact') shared = foldShared(shared, made.fact);
    effects.push(made);
  }
  for (const [id, syncobj] of Object.entries(scenario.syncobjs)) {
    if (!later.has(id)) effects.push(...createSyncobj(id, syncobj));
  }
  return effects;
}

function record0(
  scenario: Scenario,
  seed: U64,
  actors: World['actors'],
  effects: readonly Effect[],
): Started {
  const empty: World = {
    config: { latency: scenario.latency, seed: seed32(seed) },
    seq: 1,
    nowNs: 0,
    actors,
    queues: [],
    timers: [],
    shared: NOTHING_SHARED,
  };
  const { world, facts, sends } = applyEffects(empty, WORLD, 0, effects);
  const record: StepRecord = {
    seq: 0,
    t: 0,
    actor: WORLD,
    type: 'world.started',
    cause: null,
    choice: 'start',
    data: {},
    state: '',
    facts,
    sends,
  };
  return { world, record };
}
