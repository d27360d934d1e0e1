/** Latencies of an explored world: every message is due at once, so that only timers move the clock (docs/decisions/025). */
import { without } from '../../domain/without.ts';
import type { Latency, Scenario } from '../../domain/scenario/schema.ts';

export const AT_ONCE: Latency = {
  ioctlNs: 0,
  wakeNs: 0,
  copyNs: 0,
  tlbNs: 0,
  accessNs: 0,
  jitter: 1,
};

/** The scenario as it is explored, and as a log of an explored schedule names it; what work costs is left out, too. */
export function atOnce(scenario: Scenario): Scenario {
  const device = without(scenario.device, 'costs') as Scenario['device'];
  return { ...scenario, device, latency: AT_ONCE };
}
