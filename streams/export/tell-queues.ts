/** What runs on the GPU and what goes wrong there, as lines: jobs, preemption, faults, resets, failed operations. */
import { errnoName } from '../../domain/errno.ts';
import { hexOfPages } from '../../domain/units.ts';
import { checkText } from './check-text.ts';
import type { Story } from './story-state.ts';
import { errorText, type Tellers, type ToldFact } from './told.ts';
import { span } from './words.ts';

/** Bind jobs are told by their stores; batches by their beginning and end. */
function batchLine({ queues }: Story, engine: string, text: string): ToldFact | [] {
  return queues[engine] === 'exec' ? { actor: engine, text } : [];
}

const waitsText = (waits: readonly string[]): string =>
  waits.length === 0 ? '' : `, waits for ${waits.join(', ')}`;

export const QUEUE_TELLERS: Tellers = {
  'queue.created': ({ queue, vm, gt, kind }) => ({
    actor: queue,
    text: `${kind} queue of ${vm} on ${gt}`,
  }),
  'queue.destroyed': ({ queue }) => ({ actor: queue, text: 'destroyed' }),
  'queue.banned': ({ queue }) => ({ actor: queue, text: 'BANNED', tone: 'bad' }),
  'exec.refused': ({ queue, error, row }) => ({
    actor: queue,
    text: `exec refused with ${errnoName(error)} (${checkText(row)})`,
  }),
  'exec.retried': ({ vm, queue, why }) => ({
    actor: vm,
    text: `exec on ${queue} starts anew (${why})`,
  }),
  'exec.armed': ({ queue, job, fence, waits }) => ({
    actor: queue,
    text: `job ${job} armed${fence === null ? '' : ` as ${fence}`}${waitsText(waits)}`,
  }),
  'job.started': ({ engine, job }, _record, story) => batchLine(story, engine, `job ${job} runs`),
  'job.done': ({ engine, job }, _record, story) => batchLine(story, engine, `job ${job} ended`),
  'job.hung': ({ engine, job }) => ({ actor: engine, text: `job ${job} HANGS`, tone: 'bad' }),
  'job.timedOut': ({ engine, job }) => ({
    actor: engine,
    text: `job ${job} timed out`,
    tone: 'bad',
  }),
  'queue.suspending': ({ queue }) => ({ actor: queue, text: 'is asked to leave the GPU' }),
  'queue.suspended': ({ queue }) => ({ actor: queue, text: 'has left the GPU' }),
  'queue.resumed': ({ queue }) => ({ actor: queue, text: 'runs again' }),
  'rebind.entered': ({ vm }) => ({ actor: vm, text: 'the rebind worker runs' }),
  'rebind.retried': ({ vm }) => ({ actor: vm, text: 'the rebind worker starts anew' }),
  'rebind.left': ({ vm, error }) => ({
    actor: vm,
    text: `the rebind worker is done${errorText(error)}`,
  }),
  'vm.errored': ({ vm, call, op, addr, range, error }) => ({
    actor: vm,
    text: `${op} ${span(addr, range)} of bind #${call} failed with ${errnoName(error)}; the worker stops`,
    tone: 'bad',
  }),
  'vm.restarted': ({ vm }) => ({ actor: vm, text: 'restarted' }),
  'fault.raised': ({ gt, vm, addr, access }) => ({
    actor: gt,
    text: `page fault: ${access} ${vm} ${hexOfPages(addr)}`,
  }),
  'fault.dropped': ({ gt, vm, addr }) => ({
    actor: gt,
    text: `page fault DROPPED: ${vm} ${hexOfPages(addr)}`,
    tone: 'bad',
  }),
  'fault.handled': ({ gt, vm, addr, result }) => ({
    actor: gt,
    text: `page fault of ${vm} ${hexOfPages(addr)} handled${errorText(result)}`,
  }),
  'gt.reset': ({ gt }) => ({ actor: gt, text: 'RESET' }),
  'gt.resumed': ({ gt }) => ({ actor: gt, text: 'runs again' }),
  'tlb.sendFailed': ({ gt, fence }) => ({
    actor: gt,
    text: `the request for ${fence} could not be sent`,
    tone: 'bad',
  }),
  'tlb.ackLost': ({ gt, seqno }) => ({
    actor: gt,
    text: `the answer to invalidation ${seqno} is lost`,
    tone: 'bad',
  }),
  'tlb.timedOut': ({ gt, seqno, fence }) => ({
    actor: gt,
    text: `invalidation ${seqno} timed out (${fence})`,
    tone: 'bad',
  }),
  'ufence.written': ({ at, value }) => ({ actor: 'user fence', text: `${at} = ${value}` }),
  /** sleeping on locks is for debuggers of the simulator */
  'wait.began': ({ on, by }, record) =>
    record.facts.some(({ type }) => type === 'step.began')
      ? { actor: by, text: `sleeps until ${on}` }
      : [],
  'wait.ended': ({ on, by }) => ({ actor: by, text: `gives up waiting for ${on}` }),
};
