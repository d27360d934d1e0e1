/**
 * Mappings that lost their memory and keep their entries: those whose BO was moved, and userptr ones that a notifier took
 * away. Nothing may start that could reach the old pages through them.
 */
import type { Usage } from '../../domain/fence/resv.ts';
import type { SharedReader } from '../shared/reader.ts';
import type { VmContext } from './context.ts';

/** Their ids; what was never bound is among them. */
export const lostMappings = (context: VmContext, shared: SharedReader): ReadonlySet<number> =>
  new Set([...(shared.vm(context.id)?.evicted ?? []), ...context.invalidated]);

/**
 * Later jobs wait for the unbind of such a mapping, which nothing binds anew. Today's kernel has them wait for every
 * unbind (xe_pt.c: unbind_op_commit, KERNEL where wait_vm_bookkeep is set). The posting has BOOKKEEP there: quirk H08.
 */
export const usageOfUnbind = (context: VmContext, va: number, shared: SharedReader): Usage =>
  !shared.has('H08') && lostMappings(context, shared).has(va) ? 'kernel' : 'bookkeep';
