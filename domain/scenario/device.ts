/** The part of a scenario's device that may be left out; what is set goes into the first fact of the log as it is. */
import { z } from 'zod';
import { type DeviceName, DEVICES } from '../devices.ts';

const costNs = z.int().min(0).max(1e12).optional();
/** What work costs; hw/costs.ts has what each is, its default and where that is from. */
const costs = z.strictObject({
  ioctlNs: costNs,
  opNs: costNs,
  tableNs: costNs,
  cpuEntryNs: costNs,
  jobNs: costNs,
  storeNs: costNs,
  gpuEntryNs: costNs,
  copyPageNs: costNs,
  flushNs: costNs,
  ackNs: costNs,
  tlbTimeoutNs: costNs,
  jobTimeoutNs: costNs,
  gtResetNs: costNs,
});

/** What a device may be said to be, or not: what is left out is in no fact, so that a log is not longer for it. */
export const deviceOptions = {
  /** which entries its page tables have; without one, those of the seed's worked examples */
  flavour: z.enum(Object.keys(DEVICES) as [DeviceName, ...DeviceName[]]).optional(),
  /** whether the GuC can flush a range; otherwise it flushes the whole GT */
  rangeInvalidation: z.boolean().optional(),
  /** the cost model; without it work takes no time, only messages do */
  costs: costs.optional(),
};

export type Costs = z.output<typeof costs>;
