/** shared-pte-page to shared-pde3-page of xe_vm.c: BOs so far apart that they share tables down to a level only. */
import { map, scenario, type ScenarioBuilder, unmap } from '../../../domain/scenario/builder.ts';
import type { BindExpectation, IgtRow } from './row.ts';
import { section } from './sections.ts';
import { faultingJob, storeJob } from './store-job.ts';
import { SHARED_PAGES } from './table.ts';
import { counted, hex, PAGE, range, STORED } from './words.ts';

/** Where the word that a job stores is in its BO: behind its batch and a pad. */
const DATA = 0x48;
const BASE = Number(SHARED_PAGES.base_addr);

interface Shape {
  readonly name: string;
  readonly n: number;
  /** from one BO to the next; IGT puts a gap between BOs that would touch */
  readonly stride: number;
}

const shapeOf = ({ name, n_bo: n, stride }: (typeof SHARED_PAGES.rows)[number]): Shape => ({
  ...{ name, n },
  stride: typeof stride === 'number' ? stride : 2 * PAGE,
});

/** mirrors shared_pte_page: one queue and one job a BO; the even BOs are unbound, then the odd ones */
function draft({ name, n, stride }: Shape): ScenarioBuilder {
  const about =
    `${counted(n, 'BO')} of a page, 0x${stride.toString(16)} apart. Unbinding every other one leaves the tables ` +
    'that the others need.';
  const made = scenario(name)
    .about(about)
    .vm('vm0', { async: true })
    .syncobj('bound')
    .syncobj('unbound');
  const addr = (i: number): string => hex(BASE + i * stride);
  for (const i of range(n)) {
    made.bo(`bo${i}`, { size: hex(PAGE), vm: 'vm0' });
    made.queue(`q${i}`, { vm: 'vm0' }).syncobj(`used${i}`);
  }
  const even = range(n).filter((i) => i % 2 === 0);
  const odd = range(n).filter((i) => i % 2 === 1);
  const used = range(n).map((i) => `used${i}`);
  return made.client('app', (app) => {
    section(app, 'every BO at its place; the last bind covers them all');
    for (const i of range(n)) {
      const op = map({ addr: addr(i), range: hex(PAGE), bo: `bo${i}` });
      app.bind('vm0', [op], i === n - 1 ? { out: ['bound'] } : {});
    }
    const store = (i: number): void => {
      const at = hex(BASE + i * stride + DATA);
      storeJob(app, { queue: `q${i}`, at, in: 'bound', out: `used${i}` });
    };
    const unbind = (bos: readonly number[]): void => {
      for (const i of bos) {
        const op = unmap({ addr: addr(i), range: hex(PAGE) });
        app.bind('vm0', [op], { in: used, out: ['unbound'] }).wait('unbound');
      }
    };
    const verify = (bos: readonly number[]): void => {
      for (const i of bos) app.cpuRead(`bo${i}`, hex(DATA), { expect: STORED });
    };
    section(app, 'a job in each');
    range(n).forEach(store);
    section(app, 'every other one goes, behind all jobs');
    unbind(even);
    verify(range(n));
    section(app, 'the others still work');
    for (const i of odd) app.cpuWrite(`bo${i}`, hex(DATA), 0);
    odd.forEach(store);
    faultingJob(app, 'q0', even.map(addr), 'used0');
    section(app, 'and go as well');
    unbind(odd);
    verify(range(n));
    app.expect({ vm: 'vm0', mappings: [] });
    for (const i of range(n)) app.close(`bo${i}`);
    return app.close('vm0');
  });
}

function expectedOf({ n, stride }: Shape): readonly BindExpectation[] {
  const base = BASE / PAGE;
  const at = (i: number): string => `[${(i * stride) / PAGE},${(i * stride) / PAGE + 1})`;
  const order = [...range(n).filter((i) => i % 2 === 0), ...range(n).filter((i) => i % 2 === 1)];
  return order.map((bo, step) => {
    const left = order.slice(step + 1).sort((a, b) => a - b);
    const mappings = left.map((i) => `${at(i)} bo${i}+0`);
    return { list: n + step, base, ops: [`UNMAP ${at(bo)}`], mappings };
  });
}

export const sharedPageRows: readonly IgtRow[] = SHARED_PAGES.rows.map(shapeOf).map((shape) => ({
  name: shape.name,
  draft: () => draft(shape),
  expected: expectedOf(shape),
}));
