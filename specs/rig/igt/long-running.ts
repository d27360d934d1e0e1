/**
 * What xe_exec_fault_mode and xe_exec_compute_mode share: a VM without dma-fences, whose jobs and binds write user
 * fences when they are done.
 */
import {
  type ClientBuilder,
  map,
  mapUserptr,
  scenario,
  type ScenarioBuilder,
  unmap,
  write,
} from '../../../domain/scenario/builder.ts';
import { DATA_ADDR, doesWhat, type ExecShape, MAP_ADDRESS } from './exec-shape.ts';
import { section } from './sections.ts';
import { counted, hex, onQueue, type Op, range, STORED, type VmOptions } from './words.ts';

/** A job's part of the data: its batch, a pad, its fences, the word it stores. */
export const SLOT = 0x60;
const WORD = 0x58;
/** What a user fence is when it has signalled. */
const FENCE_VALUE = '0xdeadbeefdeadbeef';
/**
 * The words of user fences: a job's by its number, then a bind's. IGT has those of jobs in memory that the VM maps, and
 * clears a bind's to use it again; here the GPU writes to the process, and each bind has a word of its own.
 */
const JOB_FENCES = 0x7fbd_eadb_e000;
const BIND_FENCES = JOB_FENCES + 0x1000;
/** A second area that goes away while jobs run. */
const DUMMY_ADDR = 0x10_001a_0000;
const DUMMY_MEMORY = 0x7fae_0000_0000;
const GIVES_UP =
  'The first stores what it should. The rebind worker of 2023 cannot pin what is gone (EFAULT) and gives up, so the ' +
  'others never run; IGT wants them to, for the worker of today takes the entries away and goes on.';
const SETTLE_NS = 250_000_000;

export class LongRunning {
  readonly shape: ExecShape;
  readonly app: ClientBuilder;
  addr = DATA_ADDR;
  #binds = 0;

  constructor(shape: ExecShape, app: ClientBuilder) {
    this.shape = shape;
    this.app = app;
  }
  /** A call, and the wait for its user fence. */
  bindAndWait(op: Op, e: number): void {
    const { app, shape } = this;
    const addr = hex(BIND_FENCES + this.#binds++ * 8);
    const out = [{ userFence: addr, value: FENCE_VALUE }];
    app.bind('vm0', [op], onQueue({ out }, shape.bindQueue(e)));
    app.waitUserFence({ addr, value: FENCE_VALUE });
  }
  bindData(e: number, how: { readonly immediate?: true } = {}): void {
    const span = { addr: hex(this.addr), range: this.shape.bytes, ...how };
    const op = this.shape.userptr
      ? mapUserptr({ ...span, ptr: hex(MAP_ADDRESS) })
      : map({ ...span, bo: 'bo0' });
    this.bindAndWait(op, e);
  }
  bindDummy(): void {
    const span = { addr: hex(DUMMY_ADDR), range: this.shape.bytes };
    const op = mapUserptr({ ...span, ptr: hex(DUMMY_MEMORY) });
    this.app.bind('vm0', [op], onQueue({}, this.shape.bindQueue(0)));
  }

  job(i: number): void {
    const e = i % this.shape.queues;
    const out = [{ userFence: hex(JOB_FENCES + i * 8), value: FENCE_VALUE }];
    this.app.exec(`q${e}`, [write(hex(this.addr + i * SLOT + WORD), STORED, 'ok')], { out });
  }
  waitFor(i: number): void {
    this.app.waitUserFence({ addr: hex(JOB_FENCES + i * 8), value: FENCE_VALUE });
  }
  /** It never ends. */
  waitInVain(i: number): void {
    const fence = { addr: hex(JOB_FENCES + i * 8), value: FENCE_VALUE };
    this.app.waitUserFence({ ...fence, timeoutNs: SETTLE_NS, expect: 'ETIME' });
  }
  verify(i: number): void {
    const at = hex(i * SLOT + WORD);
    if (this.shape.userptr) this.app.userptrRead('u0', at, { expect: STORED });
    else this.app.cpuRead('bo0', at, { expect: STORED });
  }

  jobs(afterFirst: () => void): void {
    const { shape, app } = this;
    section(app, 'the jobs');
    for (const i of range(shape.execs)) {
      const e = i % shape.queues;
      this.job(i);
      if (i === 0) afterFirst();
      if (shape.rebindsAfter(i)) {
        this.waitFor(i);
        const op = unmap({ addr: hex(this.addr), range: shape.bytes });
        this.bindAndWait(op, e); // IGT does not wait: see exec-basic.ts
        this.addr += shape.size;
        this.bindData(e);
      }
      if (shape.invalidatesAfter(i)) {
        if (!shape.has('RACE')) {
          this.waitFor(i);
          this.verify(i);
        }
        app.invalidate('u0');
      }
    }
  }

  /** Waits for these jobs, and looks at what they stored. */
  finish(jobs: readonly number[]): void {
    const { shape, app } = this;
    section(app, 'the jobs are done, and the data goes');
    for (const i of jobs) this.waitFor(i);
    if (shape.has('INVALIDATE')) app.sleep(SETTLE_NS);
    this.bindAndWait(unmap({ addr: hex(this.addr), range: shape.bytes }), 0);
    const behind = shape.has('RACE') ? Math.floor(shape.execs / 2) + 1 : 0;
    for (const i of jobs) if (i >= behind) this.verify(i);
    if (!shape.userptr) app.close('bo0');
    for (const e of range(shape.queues)) app.close(`q${e}`);
    app.close('vm0');
  }
}

/** The VM, its queues and the data. */
export function declareLongRunning(shape: ExecShape, vm: VmOptions): ScenarioBuilder {
  const { name, queues, execs, bytes, userptr } = shape;
  const jobs = `${counted(execs, 'store job')} on ${counted(queues, 'queue')}`;
  const how = `${jobs} in a VM in ${vm.mode ?? ''} mode: ${doesWhat(shape)}.`;
  const about = `${how} ${shape.has('FREE_MAPPPING', 'UNMAP_MAPPPING') ? GIVES_UP : 'Each stores what it should.'}`;
  const made = scenario(name).about(about);
  made.vm('vm0', { async: true, ...vm });
  if (userptr) made.userptr('u0', { addr: hex(MAP_ADDRESS), size: bytes });
  else made.bo('bo0', { size: bytes, ...(shape.has('VM_FOR_BO') ? { vm: 'vm0' } : {}) });
  if (shape.has('FREE_MAPPPING', 'UNMAP_MAPPPING')) {
    made.userptr('dummy', { addr: hex(DUMMY_MEMORY), size: bytes });
  }
  for (const e of range(queues)) {
    const own = shape.bindQueue(e);
    made.queue(`q${e}`, { vm: 'vm0' });
    if (own !== undefined) made.queue(own, { vm: 'vm0', kind: 'bind' });
  }
  return made;
}
