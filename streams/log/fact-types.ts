/**
 * The fact types of each older version of the log. A log that claims a version and holds a fact of a later one was not
 * written by it.
 */
const listed = (text: string): string[] => text.trim().split(/\s+/);

export const V1_TYPES: ReadonlySet<string> = new Set(
  listed(`
    device.created actor.started bo.created bo.closed syncobj.created vm.created vm.closing vm.closed step.began
    step.ended expect.passed expect.failed bind.accepted bind.refused bind.unwound ops.created va.mapped va.unmapped
    op.executed bind.finished job.queued job.started job.done table.allocated table.rooted table.freed pte.written
    tlb.requested tlb.invalidated tlb.acked tlb.filled memory.written access.done cpu.accessed fence.created
    fence.waited fence.signaled syncobj.replaced syncobj.advanced`),
);

export const V2_TYPES: ReadonlySet<string> = new Set([
  ...V1_TYPES,
  ...listed(`
    bo.freed bo.moved userptr.created userptr.invalidating userptr.invalidated queue.created queue.destroyed
    queue.banned vm.refused vm.freed ref.taken ref.dropped bind.stopped op.prepared op.failed vm.unusable
    driver.oopsed vm.errored vm.restarted vma.bound vma.unbound vma.zapped vma.evicted vma.invalidated vma.rebound
    vma.pinned vma.destroyed resv.added lock.taken lock.released wait.began wait.ended exec.refused exec.retried
    exec.armed job.hung job.timedOut queue.suspending queue.suspended queue.resumed rebind.entered rebind.retried
    rebind.left fault.raised fault.dropped fault.handled vm.cpuBound tlb.sendFailed tlb.ackLost tlb.timedOut gt.reset
    gt.resumed as.locked as.unlocked memory.copied memory.freed ufence.written fence.enabled fence.started`),
]);
