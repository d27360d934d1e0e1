/** Latencies of an explored world: every message is due at once, so that only timers move the clock (docs/decisions/025). */
import { without } from '../../domain/without.ts';
import type { Latency, Scenario } from '../../domain/scenario/schema.ts';
import { NO_COSTS } from '../../hw/costs.ts';
import { DEFAULT_LATENCY, type Kind } from '../../hw/latency.ts';

export const AT_ONCE: Latency = {
  ioctlNs: 0,
  wakeNs: 0,
  copyNs: 0,
  tlbNs: 0,
  accessNs: 0,
  jitter: 1,
};

/**
 * The scenario as it is explored, and as a log of an explored schedule names it; what work costs is left out, too. One
 * length is kept: a time limit for TLB requests that is shorter than a request's way is what the scenario is about.
 * Without the way the limit would never pass first.
 */
export function atOnce(scenario: Scenario): Scenario {
  const { tlbNs = DEFAULT_LATENCY.tlbNs } = scenario.latency;
  const tlbTimeoutNs = scenario.device.costs?.tlbTimeoutNs ?? NO_COSTS.tlbTimeoutNs;
  if (tlbTimeoutNs < tlbNs) {
    const device = { ...scenario.device, costs: { ...NO_COSTS, tlbTimeoutNs } };
    return { ...scenario, device, latency: { ...AT_ONCE, tlbNs } };
  }
  const device = without(scenario.device, 'costs') as Scenario['device'];
  return { ...scenario, device, latency: AT_ONCE };
}

/** Whether messages of such a world may be under way for some time: then it counts when they are due. */
export const hasDelays = (latency: Latency): boolean =>
  (Object.keys(DEFAULT_LATENCY) as Kind[]).some((kind) => latency[kind] !== 0);
