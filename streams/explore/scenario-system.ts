/** A scenario as something that can be explored. */
import type { Scenario } from '../../domain/scenario/schema.ts';
import { tableExecutor } from '../world/run.ts';
import { startWorld } from '../world/start.ts';
import { atOnce } from './at-once.ts';
import { type WorldOptions, worldSystem, type WorldSystem } from './world-system.ts';

/** The seed of an explored world decides nothing: latencies are 0, and every other choice is explored. */
const SEED = '0x0';

export function scenarioSystem(
  scenario: Scenario,
  options: Omit<WorldOptions, 'executor' | 'first'> = {},
): WorldSystem {
  const { world, record } = startWorld(atOnce(scenario), SEED, tableExecutor);
  return worldSystem(world, { ...options, executor: tableExecutor, first: record });
}
