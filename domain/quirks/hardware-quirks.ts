/**
 * Known bugs of TLB invalidation, page tables and memory. S and L numbers are the fact sheet's; the H ones are told there
 * outside of its tables of bugs (2.8 to 2.16), or in the kernel's history.
 */
import type { QuirkRow } from './row.ts';

export const HARDWARE_QUIRKS = [
  {
    id: 'S46',
    title: 'A TLB request that could not be sent keeps its number: the GuC never sees it.',
    where: 'xe_gt_tlb_invalidation.c: send_tlb_invalidation, March 2023',
    profile: 'xe-2023',
    right: 'The number is given back when the send fails.',
    breaks: 'I20',
    scenario: 'tlb-send',
    needsFault: true,
  },
  {
    id: 'S47',
    title:
      'The fence of a TLB request that could not be sent signals as if it had been acknowledged: nothing was flushed.',
    where: 'xe_pt.c: invalidation_fence_work_func, xe_gt_tlb_invalidation.c: send_tlb_invalidation',
    profile: 'xe-2023',
    right: 'A GT reset flushes in its place, and the fence signals after that.',
    breaks: 'I19',
    scenario: 'tlb-send',
    needsFault: true,
  },
  {
    id: 'S48',
    title:
      'A bind that gets no memory for the fence of its invalidation leaves the tables that it has staged: nobody frees them.',
    where:
      'xe_pt.c: __xe_pt_bind_vma, March 2023; fixed by "drm/xe: Fix memory leak when aborting binds" (v6.12)',
    profile: 'xe-2023',
    right: 'What was staged is called off: its tables are freed.',
    breaks: 'I7',
    scenario: 'scratch-bind-fails',
    needsFault: true,
  },
  {
    id: 'H01',
    title:
      'The invalidation fences of all bind queues of a GT are of one context, numbered with their jobs: they signal out of order.',
    where: 'xe_pt.c: invalidation_fence_init, March 2023 (fact sheet 2.8)',
    profile: 'xe-2023',
    right: 'Each bind queue has a context of its own on each GT.',
    breaks: 'I10',
    scenario: 'two-queues-unmap',
  },
  {
    id: 'H02',
    title:
      'The out-syncs of a call hold the fence of its last op: the flush of what an op before it unbound may be under way.',
    where: 'xe_vm.c: __xe_vma_op_execute, GPUVA port of March 2023 (fact sheet 2.5, 2.7)',
    profile: 'xe-2023',
    right: 'The fence of a call covers every invalidation of the call.',
    breaks: 'I13',
    scenario: 'exchange',
  },
  {
    id: 'H04',
    title:
      'A TLB request that times out ends like an acknowledged one: its tables are freed, and hardware may still walk them.',
    where: 'xe_gt_tlb_invalidation.c: xe_gt_tlb_fence_timeout (fact sheet 2.14)',
    profile: 'xe-2023',
    right: 'The tables stay until a later acknowledgement or a reset.',
    breaks: 'I19',
    scenario: 'tlb-timeout',
  },
  {
    id: 'H05',
    title: 'The first bind over a scratch page flushes nothing: a TLB keeps the scratch page.',
    where: 'xe_pt.c: __xe_pt_bind_vma, March 2023 (fact sheet 2.14)',
    profile: 'xe-2023',
    right: 'In a VM with scratch pages every bind is followed by an invalidation.',
    breaks: 'expect',
    scenario: 'scratch-first-bind',
  },
  {
    id: 'H06',
    title:
      'A NULL bind of a whole 512G entry writes a leaf there, which hardware takes for a directory at page 0.',
    where: 'xe_pt.c: xe_pt_hugepte_possible, "drm/xe: NULL binding implementation", 2023-03-15',
    profile: 'xe-2023',
    right: 'No leaf is above level 2, NULL or not.',
    breaks: 'I24',
    scenario: 'null-512g',
  },
  {
    id: 'H07',
    title:
      'A TLB request takes its number with its job, and is sent when that is done: the answer to one sent before it ends it, too.',
    where: 'xe_gt_tlb_invalidation.c: a number that is not taken under ct->lock, where it is sent',
    profile: 'xe-2023',
    right: 'The number is taken as the request is sent.',
    breaks: 'I13',
    scenario: 'two-queues-unmap',
  },
  {
    id: 'H08',
    title:
      'A mapping whose unbind is pending in the worker keeps its entries when its BO is evicted: a job reads the pages that it has left.',
    where: 'xe_vm.c: xe_vm_rebind and the lists of xe_vm_lock_dma_resv, GPUVA port of March 2023',
    profile: 'xe-2023',
    right: 'Its entries are cleared before the next job, as others are bound anew.',
    breaks: 'I19',
    scenario: 'evict-pending-unbind',
  },
  {
    id: 'H10',
    title: 'When memory moves under a fault-mode VM only the first GT is asked to flush.',
    where: 'xe_vm.c: xe_vm_invalidate_vma, before "drm/xe: Invalidate media_gt TLBs" (v6.11)',
    profile: 'xe-2023',
    right: 'Every GT whose entries were cleared flushes.',
    breaks: 'I19',
    scenario: 'evict-two-gts',
  },
  {
    id: 'H13',
    title:
      'A BO that is mapped while a job runs is not told of the job: it is evicted under the accesses of that job.',
    where: 'xe_exec.c: xe_exec_ioctl, xe_vm.c: xe_vm_insert_vma, March 2023',
    profile: 'xe-2023',
    right:
      'The fences of jobs that were armed before go into the reservation object of a BO that joins.',
    breaks: 'I19',
    scenario: 'evict-new-mapping',
  },
  {
    id: 'H14',
    title:
      'Two bind queues change tables in any order: a bind is done whose table hangs below an entry that the other has not stored.',
    where: 'xe_pt.c: __xe_pt_bind_vma, March 2023, before xe_range_fence.c',
    profile: 'xe-2023',
    right:
      'A job waits for earlier ones of other queues whose entries translate some of the same addresses.',
    breaks: 'expect',
    scenario: 'two-queues-bind',
  },
  {
    id: 'L01',
    title:
      'The unmap of a REMAP without next is as long as the old mapping, from the end of prev: it clears what lies behind.',
    where: 'nouveau_uvmm.c: op_remap, before be141849ec00 (CVE-2024-36018)',
    profile: 'panthor',
    right: 'What is unmapped is the old mapping without prev and next.',
    breaks: 'opEntries',
    scenario: 'remap-neighbour',
  },
] as const satisfies readonly QuirkRow[];
