/**
 * xe_exec_basic: store jobs on one queue or many, in one VM or many, with syncobjs. Where the data is bound elsewhere
 * IGT's next job waits for that bind only, and not for the unbind before it, whose tables go: a GPU that still has a
 * directory entry on the way there cached walks into them, for the kernel of 2023 has no job or bind wait for the flush.
 * Here the job waits for both.
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
import { DATA_ADDR, doesWhat, ExecShape, MAP_ADDRESS } from './exec-shape.ts';
import { EXEC_BASIC } from './exec-table.ts';
import type { IgtRow } from './row.ts';
import { section } from './sections.ts';
import { counted, hex, onQueue, range, STORED } from './words.ts';

/** A job's part of the data: its batch, a pad, the word it stores. */
const SLOT = 0x50;
const WORD = 0x48;
/** Where the NULL mapping of the sparse rows is, and how far one VM's addresses are from the next one's. */
const SPARSE_ADDR = 0x301a_0000;
const APART = 2 ** 32;

function declare(shape: ExecShape): ScenarioBuilder {
  const { name, queues, execs, vms, bytes, userptr } = shape;
  const jobs = `${counted(execs, 'store job')} on ${counted(queues, 'queue')} in ${counted(vms, 'VM')}`;
  const made = scenario(name).about(`${jobs}: ${doesWhat(shape)}. Each stores what it should.`);
  for (const v of range(vms)) {
    made.vm(`vm${v}`, { async: true }).syncobj(`bound${v}`);
    if (shape.has('REBIND')) made.syncobj(`unbound${v}`);
  }
  if (userptr) made.userptr('u0', { addr: hex(MAP_ADDRESS), size: bytes });
  else made.bo('bo0', { size: bytes, ...(vms === 1 ? { vm: 'vm0' } : {}) });
  for (const e of range(queues)) {
    const vm = `vm${e % vms}`;
    const own = shape.bindQueue(e);
    made.queue(`q${e}`, { vm }).syncobj(`used${e}`);
    if (own !== undefined) made.queue(own, { vm, kind: 'bind' });
  }
  return made;
}

/** The client's program, with where each VM has the data by now. */
class BasicTest {
  readonly shape: ExecShape;
  readonly app: ClientBuilder;
  readonly addrs: number[];

  constructor(shape: ExecShape, app: ClientBuilder) {
    this.shape = shape;
    this.app = app;
    this.addrs = range(shape.vms).map((v) => DATA_ADDR + v * APART);
  }
  addrOf = (v: number): number => this.addrs[v] ?? 0;
  sparseOf = (v: number): number => SPARSE_ADDR + v * APART;

  bind(v: number, e: number): void {
    const { bytes, userptr } = this.shape;
    const span = { addr: hex(this.addrOf(v)), range: bytes };
    const op = userptr
      ? mapUserptr({ ...span, ptr: hex(MAP_ADDRESS) })
      : map({ ...span, bo: 'bo0' });
    const options = onQueue({ out: [`bound${v}`] }, this.shape.bindQueue(e));
    this.app.bind(`vm${v}`, [op], options);
  }

  bindAll(): void {
    section(this.app, 'the data');
    for (const v of range(this.shape.vms)) {
      this.bind(v, v);
      if (!this.shape.has('SPARSE')) continue;
      const op = map({ addr: hex(this.sparseOf(v)), range: this.shape.bytes, null: true });
      const options = onQueue({ out: [`bound${v}`] }, this.shape.bindQueue(v));
      this.app.bind(`vm${v}`, [op], options);
    }
  }

  job(i: number): void {
    const { shape, app } = this;
    const [v, e] = [i % shape.vms, i % shape.queues];
    const sparse = shape.has('SPARSE');
    const at = hex((sparse ? this.sparseOf(v) : this.addrOf(v)) + i * SLOT + WORD);
    const batch = [write(at, STORED, sparse ? 'dropped' : 'ok')];
    const isMoved = shape.has('REBIND') && i >= shape.vms;
    const before = isMoved ? [`bound${v}`, `unbound${v}`] : [`bound${v}`];
    app.exec(`q${e}`, batch, { in: before, out: [`used${e}`] });
    if (shape.rebindsAfter(i)) {
      const op = unmap({ addr: hex(this.addrOf(v)), range: shape.bytes });
      const options = { in: [`used${e}`], out: [`unbound${v}`] };
      app.bind(`vm${v}`, [op], onQueue(options, shape.bindQueue(e)));
      this.addrs[v] = this.addrOf(v) + shape.size;
      this.bind(v, e);
    }
    if (shape.invalidatesAfter(i)) {
      if (!shape.has('RACE')) this.verify(app.wait(`used${e}`), i);
      app.invalidate('u0');
    }
  }

  verify(app: ClientBuilder, i: number): void {
    const at = hex(i * SLOT + WORD);
    if (this.shape.userptr) app.userptrRead('u0', at, { expect: STORED });
    else app.cpuRead('bo0', at, { expect: STORED });
  }

  finish(): void {
    const { shape, app } = this;
    section(app, 'all jobs and binds are done, and the data goes');
    if (shape.execs > 0)
      for (const e of range(Math.min(shape.queues, shape.execs))) app.wait(`used${e}`);
    for (const v of range(shape.vms)) app.wait(`bound${v}`);
    for (const v of range(shape.vms)) {
      const op = unmap({ addr: hex(this.addrOf(v)), range: shape.bytes });
      const options = onQueue({ out: [`bound${v}`] }, shape.bindQueue(v));
      app.bind(`vm${v}`, [op], options).wait(`bound${v}`);
    }
    const first = shape.has('INVALIDATE') ? Math.max(0, shape.execs - 1) : 0;
    if (!shape.has('SPARSE')) for (const i of range(shape.execs).slice(first)) this.verify(app, i);
    else
      for (const v of range(shape.vms)) app.gpuRead(`vm${v}`, hex(this.sparseOf(v)), { expect: 0 });
    if (!shape.userptr) app.close('bo0');
    for (const v of range(shape.vms)) app.close(`vm${v}`);
  }
}

/** mirrors test_exec of xe_exec_basic; when memory is backed and mapped (DEFER_*) makes no difference here */
function draft(shape: ExecShape): ScenarioBuilder {
  return declare(shape).client('app', (app) => {
    const test = new BasicTest(shape, app);
    test.bindAll();
    if (shape.execs > 0) section(app, 'the jobs');
    for (const i of range(shape.execs)) test.job(i);
    test.finish();
    return app;
  });
}

export const execBasicRows: readonly IgtRow[] = EXEC_BASIC.rows.flatMap((row) =>
  EXEC_BASIC.prefix_table.map((prefix): IgtRow => {
    const shape = new ExecShape(row, prefix, SLOT, 'xe_exec_basic');
    return { name: shape.name, draft: () => draft(shape), expected: [] };
  }),
);
