/** Drivers that prepare each op and lock a region for it, as lines. */
import { errnoName } from '../../domain/errno.ts';
import type { FactOf } from '../../domain/facts/schema.ts';
import { checkText } from './check-text.ts';
import type { Tellers } from './told.ts';
import { span } from './words.ts';

/** ` 1.8`, and the bugs that it has */
export function driverText({ driver, quirks = [] }: FactOf<'device.created'>): string {
  const version = driver === undefined ? '' : ` ${driver.version}`;
  return `${version}${quirks.length === 0 ? '' : ` with ${quirks.join(', ')}`}`;
}

export const OP_TELLERS: Tellers = {
  'op.prepared': ({ vm, call, bind, tables, vmas }) => ({
    actor: vm,
    text: `  op ${bind + 1} of bind #${call} prepared: ${tables} tables, ${vmas} VMAs reserved`,
  }),
  'op.failed': ({ vm, call, bind, error }) => ({
    actor: vm,
    text: `op ${bind + 1} of bind #${call} failed with ${errnoName(error)}`,
    tone: 'bad',
  }),
  'bind.stopped': ({ vm, call, done, error, row }) => ({
    actor: vm,
    text: `bind #${call} stopped with ${errnoName(error)} after ${done} ops${row === null ? '' : ` (${checkText(row)})`}`,
  }),
  'vm.unusable': ({ vm }) => ({ actor: vm, text: 'UNUSABLE from here on', tone: 'bad' }),
  'driver.oopsed': ({ vm, where }) => ({
    actor: vm,
    text: `the kernel OOPSES in ${where}`,
    tone: 'bad',
  }),
  'as.locked': ({ gt, vm, addr, range }) => ({
    actor: gt,
    text: `region ${span(addr, range)} of ${vm} locked`,
  }),
  'as.unlocked': ({ gt, vm }) => ({ actor: gt, text: `region of ${vm} flushed and unlocked` }),
};
