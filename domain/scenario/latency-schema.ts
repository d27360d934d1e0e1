/** How long things take, as a scenario may set it; hw/latency.ts has the figures for what it does not. */
import { z } from 'zod';

export const latency = z.strictObject({
  /** an ioctl's way into the kernel and back */
  ioctlNs: z.int().min(0).optional(),
  /** from one kernel context to another: a worker, a scheduler, an interrupt */
  wakeNs: z.int().min(0).optional(),
  /** one store command of the copy ring */
  copyNs: z.int().min(0).optional(),
  /** one TLB invalidation, from request to ack */
  tlbNs: z.int().min(0).optional(),
  /** one access of the GPU */
  accessNs: z.int().min(0).optional(),
  /** each latency is drawn from 1 .. this many times its figure */
  jitter: z.int().min(1).max(100).optional(),
});
