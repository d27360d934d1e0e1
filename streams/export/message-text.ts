/**
 * What each message means, in the field's words: the text of an arrow. One entry for every type, so that a new message
 * does not go without. Null: it carries on what its receiver is at and says nothing by itself.
 */
import { errnoName } from '../../domain/errno.ts';
import { hexOfPages, hexOfWord } from '../../domain/units.ts';
import type { Messages, MessageType } from '../../machines/contract/messages.ts';
import type { StepRecord } from '../world/record.ts';
import { requestOf } from './request-text.ts';
import { span } from './words.ts';

type Texts = { readonly [K in MessageType]: ((data: Messages[K]) => string) | null };

const resultText = (result: number): string =>
  result === 0 ? 'done' : result > 0 ? `returns ${result}` : `fails with ${errnoName(result)}`;
const fencesText = (fences: readonly string[]): string =>
  fences.length === 0 ? '' : `, wait for ${fences.join(', ')}`;
const flushed = (vm: string, flush: { addr: number; range: number; fence: string }): string =>
  `invalidate ${vm} ${span(flush.addr, flush.range)}, then signal ${flush.fence}`;

const TEXTS: Texts = {
  'client.next': null,
  'client.awake': null,
  'ioctl.done': ({ result }) => `ioctl ${resultText(result)}`,
  'notifier.done': ({ fences }) => `notifier has returned${fencesText(fences)}`,
  'wait.over': ({ on }) => `wakes for ${on}`,
  'wait.timeout': ({ on }) => `has waited long enough for ${on}`,
  'evict.done': ({ result }) => `eviction ${resultText(result)}`,
  'reset.done': () => 'reset done',
  'gpu.done': ({ outcome, value }) =>
    outcome === 'fault' ? 'access faults' : `access ${outcome}${value === null ? '' : ` ${value}`}`,
  'debugfs.done': () => 'what debugfs shows',
  'fence.signaled': ({ fence, error }) =>
    `${fence} has signaled${error === 0 ? '' : ` with ${errnoName(error)}`}`,
  'vm.create': () => 'create the VM',
  'vm.bind': () => 'bind',
  'vm.close': () => 'close the VM',
  'vm.debugfs': () => 'read debugfs',
  'vm.continue': null,
  'vm.worker': () => 'the bind worker runs',
  'vm.exec': () => 'exec',
  'vm.rebind': () => 'the rebind worker runs',
  'vm.invalidate': ({ userptr }) => `notifier: pages of ${userptr} go`,
  'vm.fault': ({ gt, addr, access }) => `page fault of ${gt}: ${access} ${hexOfPages(addr)}`,
  'vm.zap': ({ va }) => `clear the entries of mapping ${va}`,
  'move.done': ({ lock }) => `the BO is where it belongs, ${lock} is yours`,
  'vm.addQueue': ({ queue }) => `${queue} joins`,
  'vm.removeQueue': ({ queue }) => `${queue} leaves`,
  'vm.accessCounter': () => 'access counter',
  'vm.madvise': () => 'madvise',
  'vm.runJob': ({ job }) => `run job ${job.id}`,
  'as.locked': ({ result }) => `region locked${result === 0 ? '' : `: ${errnoName(result)}`}`,
  'as.unlocked': () => 'region unlocked',
  'bindJob.push': ({ job }) => `push job ${job.id} (${job.fence})`,
  'bindJob.ran': ({ job, result }) => `job ${job} ${resultText(result)}`,
  'as.lock': ({ vm, addr, range }) => `lock region ${span(addr, range)} of ${vm}`,
  'as.flush': ({ vm }) => `flush and unlock the region of ${vm}`,
  'as.flushed': null,
  'as.retry': ({ id }) => `access ${id} is tried again`,
  'work.queue': () => 'queue the work item',
  'work.done': ({ again }) => (again ? 'work done, once more' : 'work done'),
  'queue.create': ({ vm }) => `create a queue of ${vm}`,
  'queue.destroy': () => 'destroy the queue',
  'exec.push': ({ job }) => `push job ${job.id}${job.fence === null ? '' : ` (${job.fence})`}`,
  'fence.enable': ({ fence }) => `somebody waits for ${fence}: leave the GPU`,
  'queue.resume': ({ fence }) => `run again, with ${fence}`,
  'queue.suspended': () => 'has left the GPU',
  'queue.reset': () => 'the GT is reset: its batch is lost',
  'queue.timeout': ({ job }) => `job ${job} takes too long`,
  'batch.continue': null,
  'memory.move': ({ bo, to }) => `move ${bo} to ${to}`,
  'memory.evict': ({ bo, to }) => `evict ${bo} to ${to}`,
  'memory.release': ({ pages }) => `pages at ${hexOfPages(pages.phys)} belong to nobody any more`,
  'ufence.attach': ({ fence, at, value }) => `write ${value} to ${at} once ${fence} signals`,
  'ufence.write': ({ at, value }) => `write ${value} to ${at}`,
  'job.push': ({ job }) =>
    `push job ${job.id} (${job.fence})${job.waits.length === 0 ? '' : `, waits for ${job.waits.join(', ')}`}`,
  'copy.done': ({ job }) => `job ${job}: stores done`,
  'copy.write': ({ job, last }) => `job ${job}: store entries${last ? ', the last ones' : ''}`,
  'copy.pages': ({ job, copy }) => `job ${job}: copy ${hexOfPages(copy.range)} bytes`,
  'gt.reset': () => 'reset',
  'gt.resume': () => 'resume after the reset',
  'fault.answer': ({ result }) => `answer to the page fault: ${resultText(result)}`,
  'faults.reset': () => 'the GT is reset',
  'fault.raise': ({ vm, addr, access }) => `page fault: ${access} ${vm} ${hexOfPages(addr)}`,
  'fault.handled': ({ result }) => `page fault ${resultText(result)}`,
  'gpu.access': ({ vm, access, addr, word, value }) =>
    `${access} ${vm} ${hexOfWord({ addr, word })}${value === null ? '' : ` ${value}`}`,
  'guc.invalidate': ({ vm, seqno, addr, range, full }) =>
    `invalidation ${seqno}: ${full === true ? `everything of ${vm}` : `${vm} ${span(addr, range)}`}`,
  'fault.again': () => 'look at the fault again',
  'tlb.invalidate': ({ vm, flush }) => flushed(vm, flush),
  'guc.ack': ({ seqno }) => `invalidation ${seqno} acknowledged`,
  'tlb.timeout': ({ seqno }) => `invalidation ${seqno} takes too long`,
  'tlb.reset': ({ seqno }) => `reset: requests up to ${seqno} have come`,
};

/** What the message of a record means; null when it only carries on. A type that this build does not know is its name. */
export function messageText(record: StepRecord): string | null {
  const request = requestOf(record);
  if (request !== undefined) return request;
  const text = Object.hasOwn(TEXTS, record.type) ? TEXTS[record.type as MessageType] : undefined;
  if (text === undefined) return record.type;
  return text === null ? null : (text as (data: unknown) => string)(record.data);
}
