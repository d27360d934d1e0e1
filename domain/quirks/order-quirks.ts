/**
 * Known bugs of xe in the order of things: fences, exec, the rebind worker, notifiers, page faults (fact sheet 3.1). The M
 * ones are told there outside of the tables: what each of these steps of the kernel is there for.
 */
import type { QuirkRow } from './row.ts';

export const ORDER_QUIRKS = [
  {
    id: 'S25',
    title:
      'exec does not see that the fence behind a timeline point is an asynchronous bind’s: it does not wait for its start. The bind evicts and waits for the job that waits for the bind.',
    where: 'xe_vm.c: xe_vm_async_fence_wait_start, first upstream commit',
    profile: 'xe-2023',
    right: 'It looks inside the chain node.',
    breaks: 'I18',
    scenario: 'order-timeline-start',
  },
  {
    id: 'S27',
    title:
      'The synchronous unbind of a mapping that no fault has bound has no fence to give to a user fence, which is never written.',
    where: 'xe_vm.c: xe_vm_unbind, March 2023 port to GPUVA',
    profile: 'xe-2023',
    right: 'The user fence gets the stub, which has signalled.',
    breaks: 'stuck',
    scenario: 'order-unbind-unbound',
  },
  {
    id: 'S28',
    title:
      'A fault on the page before the mapping of the last fault is answered for that mapping, and raised again for ever.',
    where: 'xe_gt_pagefault.c: vma_matches, March 2023 port to GPUVA',
    profile: 'xe-2023',
    right: 'A mapping ends before its end, and so does a page.',
    breaks: 'refault',
    scenario: 'order-last-fault',
  },
  {
    id: 'S30',
    title:
      'The bind of prev goes into the KERNEL slot, as if it were the last of its REMAP, before next is bound.',
    where: 'xe_vm.c: xe_vma_op_execute, March 2023 port to GPUVA',
    profile: 'xe-2023',
    right: 'Only the last bind of a REMAP gets the slot.',
    breaks: 'I16',
    scenario: 'order-remap-hole',
  },
  {
    id: 'S36',
    title:
      'The rebind worker of a VM in error compares an errno that nobody has set with EAGAIN, and goes round for ever with the lock.',
    where: 'xe_vm.c: preempt_rebind_work_func, first upstream commit',
    profile: 'xe-2023',
    right: 'The errno begins as 0.',
    breaks: 'stuck',
    scenario: 'order-rebind-in-error',
  },
  {
    id: 'S42',
    title:
      'The page-fault worker takes one fault for each time that it runs; of two that come while it handles one, the second waits for a third.',
    where: 'xe_gt_pagefault.c: pf_queue_work_func, first upstream commit',
    profile: 'xe-2023',
    right: 'It goes on until its queue is empty.',
    breaks: 'stuck',
    scenario: 'order-three-faults',
  },
  {
    id: 'S43',
    title: 'An atomic access to a NULL mapping has a BO moved to VRAM that is not there.',
    where: 'xe_gt_pagefault.c: handle_pagefault, NULL mappings of March 2023',
    profile: 'xe-2023',
    right: 'EACCES.',
    breaks: 'oops',
    scenario: 'order-null-atomic',
  },
  {
    id: 'L12',
    title:
      'When exec has no memory to compose its in-fences it leaves without unlocking the VM’s reservation object.',
    where: 'xe_exec.c: xe_exec_ioctl, CVE-2024-53086',
    profile: 'xe-2023',
    right: 'Every way out unlocks what it has locked.',
    breaks: 'I9',
    scenario: 'order-compose-fails',
    needsFault: true,
  },
  {
    id: 'L27',
    title: 'A reset submits a job again that has signalled and only waits to be freed.',
    where:
      'xe_gpu_scheduler.h: xe_sched_submission_resubmit_jobs, before “stop re-submitting signalled jobs”',
    profile: 'xe-2023',
    right: 'A job that has signalled never runs again.',
    breaks: 'I14',
    scenario: 'order-reset-after-job',
  },
  {
    id: 'M01',
    title:
      'The unbind of a REMAP does not wait for the VM’s jobs: one that runs finds a hole where its mapping is to stay.',
    where: 'xe_migrate.c: xe_migrate_update_pgtables without the wait of FIRST_REBIND',
    profile: 'xe-2023',
    right: 'It waits for every fence of the VM.',
    breaks: 'expect',
    scenario: 'order-remap-hole',
  },
  {
    id: 'M02',
    title:
      'A bind of process memory commits without a second look at the notifier’s number, and leads to pages that are gone.',
    where: 'xe_pt.c: xe_pt_userptr_pre_commit without its check',
    profile: 'xe-2023',
    right: 'EAGAIN: the pages are pinned again.',
    breaks: 'I26',
    scenario: 'order-userptr-commit',
  },
  {
    id: 'M03',
    title: 'The rebind worker resumes the queues before what it has bound anew is in the tables.',
    where: 'xe_vm.c: preempt_rebind_work_func without the wait for rebind_fence',
    profile: 'xe-2023',
    right: 'It waits for the last rebind.',
    breaks: 'I27',
    scenario: 'order-resumed-early',
  },
  {
    id: 'M04',
    title:
      'A queue that joins a compute VM runs although a BO was evicted while the VM had no queue: its jobs read the old pages.',
    where: 'xe_vm.c: xe_vm_add_compute_engine, first upstream commit',
    profile: 'xe-2023',
    right: 'Its preempt fence is enabled at once, so that the rebind worker comes first.',
    breaks: 'I19',
    scenario: 'order-joins-evicted',
  },
  {
    id: 'M05',
    title: 'A job does not write itself into external BOs, so that they are moved away under it.',
    where: 'xe_exec.c: xe_exec_ioctl without its walk of the extobj list',
    profile: 'xe-2023',
    right: 'WRITE in every external BO that the VM maps.',
    breaks: 'I8',
    scenario: 'order-external',
  },
] as const satisfies readonly QuirkRow[];
