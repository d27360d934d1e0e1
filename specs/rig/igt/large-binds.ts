/** large-*binds-SIZE and mixed-*binds-SIZE of xe_vm.c: one big area, in one bind or two, off by a page or not. */
import {
  type ClientBuilder,
  map,
  mapUserptr,
  scenario,
  type ScenarioBuilder,
  unmap,
} from '../../../domain/scenario/builder.ts';
import type { BindExpectation, IgtRow } from './row.ts';
import { section } from './sections.ts';
import { faultingJob, storeJob } from './store-job.ts';
import { LARGE_BINDS, type SizesTable } from './table.ts';
import { hex, inBo, PAGE, range, STORED } from './words.ts';

/** Each job has its own slot at its place, and its word in the slot is behind its batch and a pad. */
const SLOT = 0x50;
const DATA = 0x48;
/** Where the process has its memory when the area is a userptr. */
const HEAP = 0x7f00_0000_0000;

class Large {
  readonly size: number;
  readonly base: number;
  readonly parts: number;
  readonly userptr: boolean;
  readonly area: string;
  readonly queues: number;
  readonly execs: number;

  constructor({ n_exec_queues, n_execs }: SizesTable, variant: string, size: number) {
    this.size = size;
    this.base = Number(LARGE_BINDS.base_addr) - (variant.includes('misaligned') ? PAGE : 0);
    this.parts = variant.includes('split') ? 2 : 1;
    this.userptr = variant.includes('userptr');
    this.area = this.userptr ? 'u0' : 'bo0';
    this.queues = n_exec_queues;
    this.execs = n_execs;
  }
  get part(): number {
    return this.size / this.parts;
  }
  /** where job i stores, from the begin of the area */
  stored = (i: number): number => (i * this.size) / this.execs + i * SLOT + DATA;

  declare(name: string): ScenarioBuilder {
    const made = scenario(name).vm('vm0', { async: true }).syncobj('bound').syncobj('unbound');
    const size = hex(this.size);
    if (this.userptr) made.userptr('u0', { addr: hex(HEAP), size });
    else made.bo('bo0', { size, vm: 'vm0' });
    for (const q of range(this.queues)) made.queue(`q${q}`, { vm: 'vm0' }).syncobj(`used${q}`);
    return made;
  }

  bind(app: ClientBuilder): void {
    for (const n of range(this.parts)) {
      const at = n * this.part;
      const span = { addr: hex(this.base + at), range: hex(this.part) };
      const op = this.userptr
        ? mapUserptr({ ...span, ptr: hex(HEAP + at) })
        : map({ ...span, ...inBo('bo0', at) });
      app.bind('vm0', [op], n === this.parts - 1 ? { out: ['bound'] } : {});
    }
  }
  unbind(app: ClientBuilder): void {
    for (const n of range(this.parts)) {
      const op = unmap({ addr: hex(this.base + n * this.part), range: hex(this.part) });
      app.bind('vm0', [op], n === this.parts - 1 ? { out: ['unbound'] } : {});
    }
    app.wait('unbound');
  }
}

function aboutOf({ size, base, parts, queues, execs, userptr }: Large): string {
  const what = `0x${size.toString(16)} bytes of ${userptr ? 'user memory' : 'a BO'} at 0x${base.toString(16)}`;
  const how = `in ${parts === 1 ? 'one bind' : 'two binds'}`;
  return `${what}, ${how}; ${execs} jobs on ${queues} queues store across it, and nothing is lost by unbinding it.`;
}

/** mirrors test_large_binds; the padding for a GPU's prefetch of its batch is left out */
function draft(name: string, large: Large): ScenarioBuilder {
  const { queues, execs, base, area } = large;
  const made = large.declare(name).about(aboutOf(large));
  return made.client('app', (app) => {
    large.bind(app);
    section(app, `${execs} jobs on ${queues} queues`);
    for (const i of range(execs)) {
      const [queue, out] = [`q${i % queues}`, `used${i % queues}`];
      const at = hex(base + large.stored(i));
      storeJob(app, { queue, at, in: 'bound', out });
    }
    for (const q of range(queues)) app.wait(`used${q}`);
    section(app, 'all of it goes, and what was stored is there');
    large.unbind(app);
    app.expect({ vm: 'vm0', mappings: [] });
    for (const i of range(execs)) {
      const at = hex(large.stored(i));
      if (large.userptr) app.userptrRead(area, at, { expect: STORED });
      else app.cpuRead(area, at, { expect: STORED });
    }
    section(app, 'nothing of it can be reached');
    faultingJob(app, 'q0', [hex(base), hex(base + large.size - 8)], 'used0');
    return large.userptr ? app.close('vm0') : app.close('bo0').close('vm0');
  });
}

function expectedOf({ parts, part, base: addr, area, size }: Large): readonly BindExpectation[] {
  const heap = { name: 'u0', from: HEAP / PAGE, to: (HEAP + size) / PAGE };
  const frame = { base: addr / PAGE, areas: [heap] };
  const span = (n: number): string => `[${(n * part) / PAGE},${((n + 1) * part) / PAGE})`;
  const backed = (n: number): string => `${span(n)} ${area}+${(n * part) / PAGE}`;
  const maps = range(parts).map((n) => {
    return { list: n, ...frame, ops: [`MAP ${backed(n)}`], mappings: range(n + 1).map(backed) };
  });
  const unmaps = range(parts).map((n) => {
    const mappings = range(parts)
      .slice(n + 1)
      .map(backed);
    return { list: parts + n, ...frame, ops: [`UNMAP ${span(n)}`], mappings };
  });
  return [...maps, ...unmaps];
}

const rowsOf = (table: SizesTable): IgtRow[] =>
  table.variants.flatMap((variant) =>
    table.bind_sizes.map((size): IgtRow => {
      const [name, large] = [`${variant}-${size}`, new Large(table, variant, size)];
      return { name, draft: () => draft(name, large), expected: expectedOf(large) };
    }),
  );

export const largeBindRows: readonly IgtRow[] = [
  ...rowsOf(LARGE_BINDS.large),
  ...rowsOf(LARGE_BINDS.mixed),
];
