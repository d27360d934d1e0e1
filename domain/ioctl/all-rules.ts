/** Every table of argument checks, by the words under which docs/vm-bind.md or docs/panthor.md shows it. */
import type { Errno } from '../errno.ts';
import { BIND_RULES } from './bind-check.ts';
import { EXEC_LOCKED_RULES, EXEC_RULES } from './exec-check.ts';
import { GEM_CLOSE_RULES, GEM_CREATE_RULES } from './gem-check.ts';
import { IMMEDIATE_RULES } from './immediate-check.ts';
import { IMMEDIATE_SYNC_RULES } from './immediate-syncs.ts';
import { MADVISE_LOCKED_RULES, MADVISE_RULES } from './madvise-check.ts';
import { QUEUE_CREATE_RULES, QUEUE_DESTROY_RULES } from './queue-check.ts';
import { VM_CREATE_RULES, VM_DESTROY_RULES } from './vm-check.ts';
import { WAIT_LOOK_RULES, WAIT_USER_FENCE_RULES } from './wait-user-fence-check.ts';

/** A row whose errno is null gives the one that the VM has stored. */
export interface DocumentedRule {
  readonly row: string;
  readonly what: string;
  readonly error: Errno | null;
}

export const ALL_RULES: Readonly<Record<string, readonly DocumentedRule[]>> = {
  bind: BIND_RULES,
  exec: [...EXEC_RULES, ...EXEC_LOCKED_RULES],
  vm: [...VM_CREATE_RULES, ...VM_DESTROY_RULES],
  gem: [...GEM_CREATE_RULES, ...GEM_CLOSE_RULES],
  queue: [...QUEUE_CREATE_RULES, ...QUEUE_DESTROY_RULES],
  'wait-user-fence': [...WAIT_USER_FENCE_RULES, ...WAIT_LOOK_RULES],
  madvise: [...MADVISE_RULES, ...MADVISE_LOCKED_RULES],
  op: [...IMMEDIATE_RULES, ...IMMEDIATE_SYNC_RULES],
};
