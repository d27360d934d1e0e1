/** Known bugs of the VM_BIND ioctl: its op lists, what it takes back when it fails, the life of a VM (fact sheet 3). */
import type { QuirkRow } from './row.ts';

const POSTED = 'the port to GPUVA as posted in March 2023';
const profile = 'xe-2023';

export const IOCTL_QUIRKS = [
  {
    id: 'S02',
    title:
      'An op list without ops has no last op for the syncs: an unmap or a prefetch of an empty range stops the kernel.',
    where: `xe_vm.c: vm_bind_ioctl_ops_parse, ${POSTED}`,
    profile,
    right: 'The call succeeds; its out-syncs signal after its in-syncs.',
    breaks: 'oops',
    scenario: 'bind-empty-list',
  },
  {
    id: 'S05',
    title:
      'A synchronous call executes its last op only, and a BUG stops one that has more: a map over a mapping, an unmap of a part.',
    where: `xe_vm.c: vm_bind_ioctl_ops_parse, ${POSTED}`,
    profile,
    right: 'All ops are executed, in order.',
    breaks: 'oops',
    scenario: 'bind-sync-over',
  },
  {
    id: 'S07',
    title: 'A call that fails while it is parsed stops the kernel if its list splits a mapping.',
    where: `xe_vm.c: vm_bind_ioctl_ops_unwind, ${POSTED}`,
    profile,
    right: 'The old mapping stays and what was to be left of it is dropped.',
    breaks: 'oops',
    scenario: 'bind-unwind-split',
  },
  {
    id: 'S08',
    title:
      'A read-only NULL mapping keeps only one of its flags: the entry has no NULL bit and some address.',
    where: 'xe_vm.c: the flags in xe_vma_create, patch 4 of the series as posted in March 2023',
    profile,
    right: 'Both bits are in the entry.',
    breaks: 'I22',
    scenario: 'bind-null-read-only',
  },
  {
    id: 'S09',
    title:
      'A failed call takes the mapping that it never inserted out of the tree by address: the one that is there goes.',
    where: `xe_vm.c: vm_bind_ioctl_ops_unwind, ${POSTED}`,
    profile,
    right: 'Only what was committed is taken back.',
    breaks: 'I7',
    scenario: 'bind-unwind-over',
  },
  {
    id: 'S29',
    title: 'The record of a failed asynchronous op names op 0 at address 0, whatever failed.',
    where: `xe_vm.c: vm_error_capture, xe_vma_op_work_func, ${POSTED}`,
    profile,
    right: 'Op, address and size are those of the op that failed.',
    breaks: 'I29',
    scenario: 'bind-error-record',
  },
  {
    id: 'L37',
    title:
      'Taking back the lists of a failed call counts the wrong way: with one list it does nothing, with more it runs out of the array.',
    where:
      'xe_vm.c: vm_bind_ioctl_ops_unwind, the port to GPUVA as merged, b06d47be7c83 (its lists are committed while they are parsed)',
    profile,
    right: 'Last to first, over lists and over the ops of each.',
    breaks: 'I7',
    scenario: 'bind-unwind-userptr',
  },
  {
    id: 'S12',
    title:
      'A map with a flag over the tail of a mapping stops the kernel: the flag is written into the REMAP, where it becomes its next mapping.',
    where: `xe_vm.c: vm_bind_ioctl_ops_create, ${POSTED}`,
    profile,
    right: 'Flags are written into MAP ops only.',
    breaks: 'oops',
    scenario: 'bind-null-over-tail',
  },
  {
    id: 'S20',
    title:
      'A call that succeeds keeps the reference of the VM that it took: the VM is never freed.',
    where: `xe_vm.c: xe_vm_bind_ioctl, ${POSTED}`,
    profile,
    right: 'It is dropped with the last op of the call.',
    breaks: 'I9',
    scenario: 'bind-vm-reference',
  },
  {
    id: 'S01',
    title:
      'Closing a VM with several mappings of external BOs destroys the last of them only; the BOs are never freed.',
    where: `xe_vm.c: xe_vm_close_and_put, ${POSTED}`,
    profile,
    right: 'Every mapping of a closed VM is destroyed once.',
    breaks: 'I9',
    scenario: 'close-external',
  },
  {
    id: 'L04',
    title: 'A VM_BIND whose second handle leads nowhere keeps the BO of the first.',
    where:
      'msm_gem_vma.c: vm_bind_job_lookup_ops (CVE-2025-40069); here the same lookup of xe_vm_bind_ioctl',
    profile,
    right: 'A call that is refused lets go of all that it has looked up.',
    breaks: 'I9',
    scenario: 'bind-unknown-handle',
  },
  {
    id: 'L13',
    title: 'An exec that is refused for its arguments keeps its queue: it is never freed.',
    where: 'xe_exec.c: xe_exec_ioctl (CVE-2024-53087)',
    profile,
    right: 'Every way out of the ioctl drops the reference.',
    breaks: 'I9',
    scenario: 'exec-refused',
  },
  {
    id: 'S14',
    title:
      'All op lists of an array are made for the tree as it was before the call: an op does not see what those before it map.',
    where: `xe_vm.c: xe_vm_bind_ioctl, ${POSTED}`,
    profile,
    right: 'A list is made when those before it are in the tree.',
    breaks: 'I3',
    scenario: 'bind-array-dependent',
  },
  {
    id: 'S06',
    title:
      'RESTART runs a REMAP that failed between its unbind and its binds from the beginning, on the old mapping that is destroyed by then.',
    where: `xe_vm.c: __xe_vma_op_execute, ${POSTED}`,
    profile,
    right: 'The op is all or nothing; or it goes on with what is left of the old mapping.',
    breaks: 'I9',
    scenario: 'bind-restart-split',
    needsFault: true,
  },
  {
    id: 'S52',
    title: 'A synchronous bind that fails on the second GT stays bound on the first.',
    where: `xe_vm.c: xe_vm_bind_vma, ${POSTED}`,
    profile,
    right: 'It is bound on all GTs that were asked for, or on none.',
    breaks: 'I7',
    scenario: 'bind-two-gts',
    needsFault: true,
  },
  {
    id: 'S32',
    title:
      'RESTART with syncs returns a positive number, which looks like success; the VM stays in error.',
    where: 'xe_vm.c: xe_vm_bind_ioctl, as of March 2023',
    profile,
    right: 'EINVAL, as any refusal.',
    breaks: 'expect',
    scenario: 'bind-restart-syncs',
  },
  {
    id: 'L05',
    title:
      'The id of a VM is published before its create ioctl is done with it: who guesses it can close the VM in between.',
    where: 'xe_vm.c: xe_vm_create_ioctl (CVE-2024-49865)',
    profile,
    right: 'The id is published last.',
    breaks: 'oops',
    scenario: 'vm-id-guessed',
    // what fails besides is the close that comes before the id is there: its ENOENT is no breach
    needsFault: true,
  },
  {
    id: 'L36',
    title:
      'A failed call puts the old mapping of a split back cut down to what was to be unbound; what was to be left stays beside it.',
    where:
      'xe_vm.c: xe_vma_op_commit and xe_vma_op_unwind, since splits leave the entries of what is kept alone; fixed in 2025 (old_start, old_range)',
    profile,
    right: 'It gets its own start and range back, and prev and next go.',
    breaks: 'I7',
    scenario: 'bind-unwind-part',
  },
] as const satisfies readonly QuirkRow[];
