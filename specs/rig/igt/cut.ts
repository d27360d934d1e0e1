/**
 * What munmap-style-unbind and mmap-style-bind of xe_vm.c have in common: an area of n pages, bound in equal pieces,
 * and a hole in it; the pages that are used and looked at.
 */
import {
  type ClientBuilder,
  map,
  mapUserptr,
  scenario,
  type ScenarioBuilder,
} from '../../../domain/scenario/builder.ts';
import { nameOf } from './op-text.ts';
import { section } from './sections.ts';
import { storeJob } from './store-job.ts';
import type { CutRow, CutTable } from './table.ts';
import { distinct, hex, inBo, type Op, PAGE, range, STORED } from './words.ts';

/** Where the word that a job stores is in the page: behind its batch and a pad. */
export const DATA = 0x48;
const PAGES_OF_2M = 512;

/** A row in pages of 4 KiB: LARGE_PAGE scales it, LARGE_PAGE_NO_SPLIT the offset of the hole as well. */
export class Cut {
  readonly base: number;
  readonly pages: number;
  readonly piece: number;
  readonly from: number;
  readonly to: number;
  readonly row: CutRow;
  readonly userptr: boolean;
  readonly hammered: boolean;

  constructor({ base_addr }: CutTable, row: CutRow) {
    const { flags } = row;
    const scale = flags.includes('LARGE_PAGE') ? PAGES_OF_2M : 1;
    const offsetScale = flags.includes('LARGE_PAGE_NO_SPLIT') ? PAGES_OF_2M : 1;
    this.row = row;
    this.base = Number(base_addr);
    this.pages = row.bo_n_pages * scale;
    this.piece = this.pages / row.n_binds;
    this.from = row.unbind_n_page_offset * offsetScale;
    this.to = this.from + row.unbind_n_pages * scale;
    this.userptr = flags.includes('USERPTR');
    this.hammered = flags.includes('HAMMER_FIRST_PAGE');
  }

  /** Those that IGT uses, one for each bind, and the first and the last of every piece, of the hole and of the rest. */
  get used(): readonly number[] {
    const { row, pages, piece, from, to } = this;
    const pieces = range(row.n_binds).flatMap((n) => [n * piece, (n + 1) * piece - 1]);
    const borders = [from - 1, from, to - 1, to].filter((page) => page >= 0 && page < pages);
    return distinct([...range(row.n_binds), ...pieces, ...borders]);
  }
  isInHole = (page: number): boolean => page >= this.from && page < this.to;
  addr = (page: number): string => hex(this.base + page * PAGE);
  data = (page: number): string => hex(this.base + page * PAGE + DATA);

  /** What exists: a VM, the areas by name, the syncobjs of the test, the queues. */
  declare(name: string, areas: readonly string[]): ScenarioBuilder {
    const size = hex(this.pages * PAGE);
    const made = scenario(name).vm('vm0', { async: true }).syncobj('bound').syncobj('used');
    areas.forEach((area, index) => {
      const addr = this.addr(index * this.pages);
      if (this.userptr) made.userptr(area, { addr, size });
      else made.bo(area, { size, vm: 'vm0' });
    });
    made.queue('q0', { vm: 'vm0' });
    if (!this.hammered) return made;
    const gate = { pending: true };
    made.queue('q1', { vm: 'vm0' });
    return made.syncobj('go', gate).syncobj('hit').syncobj('hammered', gate);
  }

  /** A page of a userptr area in the process: the first area has the VM's addresses, the second is behind it. */
  ptr = (area: string, page: number): string => this.addr(area === 'u1' ? this.pages + page : page);

  /** Binds pages of an area where they belong. */
  bindOp(area: string, from: number, to: number): Op {
    const [addr, size] = [this.addr(from), hex((to - from) * PAGE)];
    if (!this.userptr) return map({ addr, range: size, ...inBo(area, from * PAGE) });
    return mapUserptr({ addr, range: size, ptr: this.ptr(area, from) });
  }

  /** Binds the area in its pieces, and lets the hammer go. */
  bindAll(app: ClientBuilder, area: string): void {
    section(app, 'the first binds');
    for (const n of range(this.row.n_binds)) {
      const op = this.bindOp(area, n * this.piece, (n + 1) * this.piece);
      app.bind('vm0', [op], { out: ['bound'] });
    }
    if (this.hammered) app.wait('bound').signal('go');
  }

  /** A store job into each page; each waits for `after` and fills `used`, in the order of the queue. */
  store(app: ClientBuilder, pages: readonly number[], after: string): void {
    for (const page of pages) {
      storeJob(app, { queue: 'q0', at: this.data(page), in: after, out: 'used' });
    }
  }

  /** The CPU finds what the jobs stored. */
  verify(app: ClientBuilder, pages: readonly number[], areaOf: (page: number) => string): void {
    for (const page of pages) {
      const [area, at] = [areaOf(page), hex(page * PAGE + DATA)];
      if (this.userptr) app.userptrRead(area, at, { expect: STORED });
      else app.cpuRead(area, at, { expect: STORED });
    }
  }

  /** The CPU clears what the jobs stored. */
  clear(app: ClientBuilder, pages: readonly number[], areaOf: (page: number) => string): void {
    for (const page of pages) {
      const [area, at] = [areaOf(page), hex(page * PAGE + DATA)];
      if (this.userptr) app.userptrWrite(area, at, 0);
      else app.cpuWrite(area, at, 0);
    }
  }

  /** The mappings of the row's last column. */
  expectMappings(app: ClientBuilder): void {
    const mappings = this.row.expected_final_vas.map(({ va: [from, to], obj, offset }) => {
      const span = { addr: this.addr(from), range: hex((to - from) * PAGE) };
      if (!this.userptr) return { ...span, ...inBo(nameOf(obj), offset * PAGE) };
      return { ...span, ptr: this.ptr(nameOf(obj), offset) };
    });
    app.expect({ vm: 'vm0', mappings });
  }
}
