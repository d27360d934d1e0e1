/** The page-fault queues of a GT. Mirrors struct xe_gt (usm.pf_queue) and xe_gt_pagefault.c (xe_guc_pagefault_handler). */
import type { ActorId } from '../contract/messages.ts';

/** NUM_PF_QUEUE of xe_gt_types.h, March 2023 to today. */
export const FAULT_QUEUES = 4;

/** Faults of one VM come to one queue, so that several VMs' are handled side by side. */
export const faultQueueOf = (gt: ActorId, asid: number): ActorId =>
  `${gt}/faults${asid % FAULT_QUEUES}`;
