/** Any scenario, on a device whose page-table entries the CPU stores where it may. */
import type { Scenario } from '../../domain/scenario/schema.ts';

export const onCpuPath = (scenario: Scenario): Scenario => ({
  ...scenario,
  device: { ...scenario.device, ptUpdates: 'cpu-when-idle' },
});
