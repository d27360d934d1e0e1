/** Rows of the exec tests: a section's flags and a prefix's numbers of queues, jobs and VMs. */
import type { ExecPrefix, ExecRow } from './exec-table.ts';
import { hex, PAGE } from './words.ts';

/** The most jobs of a `many` row; IGT's go to 1024. Jobs are alike from the third on, and a run's time grows with them. */
const MANY = 20;

/** Where a section's data is in the VM, and its BO or userptr area in the process. */
export const DATA_ADDR = 0x1a_0000;
export const MAP_ADDRESS = 0x7fad_eadb_e000;

/** The numbers of a prefix that an exec test has only by name. */
export const PREFIXES: readonly ExecPrefix[] = [
  { prefix: 'once', n_exec_queues: 1, n_execs: 1, n_vm: 1 },
  { prefix: 'twice', n_exec_queues: 1, n_execs: 2, n_vm: 1 },
  {
    ...{ prefix: 'many', n_exec_queues: 1, n_vm: 1 },
    ...{ n_execs: 128, n_execs_if_rebind_or_invalidate: 64 },
  },
  {
    ...{ prefix: 'many-execqueues', n_exec_queues: 16, n_vm: 1 },
    ...{ n_execs: 128, n_execs_if_rebind_or_invalidate: 64 },
  },
];

export class ExecShape {
  readonly name: string;
  readonly flags: readonly string[];
  readonly queues: number;
  readonly execs: number;
  readonly vms: number;
  readonly size: number;

  /** `slot`: how much of the data each job has, its batch included */
  constructor({ name, flags }: ExecRow, prefix: ExecPrefix, slot: number, test: string) {
    const { n_execs, n_execs_if_rebind_or_invalidate: fewer = n_execs } = prefix;
    const isFew = flags.includes('REBIND') || flags.includes('INVALIDATE');
    this.name = `${test}-${prefix.prefix}-${name}`;
    this.flags = flags;
    this.queues = prefix.n_exec_queues;
    this.vms = prefix.n_vm;
    // so many that every queue has one, and an even number
    this.execs = Math.min(isFew ? fewer : n_execs, Math.max(MANY, this.queues + 4));
    this.size = Math.max(1, Math.ceil((this.execs * slot) / PAGE)) * PAGE;
  }
  has = (...flags: readonly string[]): boolean => flags.some((flag) => this.flags.includes(flag));
  get bytes(): string {
    return hex(this.size);
  }
  get userptr(): boolean {
    return this.has('USERPTR');
  }
  /** the bind queue that goes with exec queue e, if the row has bind queues */
  bindQueue = (e: number): string | undefined =>
    this.has('BIND_EXEC_QUEUE', 'BIND_EXECQUEUE') ? `b${e}` : undefined;
  /** The area is mapped anew after job i: after each one, or once in the middle while jobs run. */
  invalidatesAfter(i: number): boolean {
    if (!this.has('INVALIDATE') || i + 1 === this.execs) return false;
    return this.has('RACE') ? i * 2 === this.execs : true;
  }
  rebindsAfter = (i: number): boolean => this.has('REBIND') && i + 1 !== this.execs;
}

/** What a row does besides running jobs, as a sentence. */
export function doesWhat(shape: ExecShape): string {
  const what = [
    shape.userptr ? 'the data is user memory' : 'the data is in a BO',
    shape.has('REBIND') &&
      'it is unbound and bound elsewhere behind each job, and the next one waits for both',
    shape.has('INVALIDATE') && !shape.has('RACE') && 'its area is mapped anew after each job',
    shape.has('RACE') && 'its area is mapped anew while jobs run',
    shape.has('SPARSE') && 'they store to a NULL mapping',
    shape.has('IMMEDIATE') && 'it is bound at once',
    shape.has('PREFETCH') && 'it is prefetched to system memory',
    shape.has('VM_FOR_BO') && 'the BO is private to the VM and made after the queues',
    shape.has('FREE_MAPPPING', 'UNMAP_MAPPPING') && 'another bound area goes away while they run',
    shape.bindQueue(0) !== undefined && 'binds have queues of their own',
  ].filter((each) => typeof each === 'string');
  return what.join('; ');
}
