/** The tables of xe_exec_basic, xe_exec_fault_mode and xe_exec_compute_mode. */
import { table } from './table.ts';

/** One section of an exec test: a name and flags; how many queues and jobs comes from the prefix. */
export interface ExecRow {
  readonly name: string;
  readonly flags: readonly string[];
}
export interface ExecPrefix {
  readonly prefix: string;
  readonly n_exec_queues: number;
  readonly n_execs: number;
  readonly n_execs_if_rebind_or_invalidate?: number;
  readonly n_vm: number;
}
export const EXEC_BASIC = table<{
  readonly rows: readonly ExecRow[];
  readonly prefix_table: readonly ExecPrefix[];
}>('exec-basic');
export const FAULT_MODE = table<{
  readonly rows: readonly ExecRow[];
  readonly prefixes: readonly string[];
}>('exec-fault-mode');
export const COMPUTE_MODE = table<{
  readonly rows: readonly ExecRow[];
  readonly prefixes: readonly string[];
}>('exec-compute-mode');
