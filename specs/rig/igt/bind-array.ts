/**
 * bind-array-* of xe_vm.c: many binds in one ioctl, in a bind queue of their own or not, and an array that is large.
 * Today's kernel says ENOBUFS when it finds no memory for one; that of 2023 takes up to 512 binds and no more.
 */
import { map, scenario, type ScenarioBuilder, unmap } from '../../../domain/scenario/builder.ts';
import type { BindExpectation, IgtRow } from './row.ts';
import { section } from './sections.ts';
import { storeJob } from './store-job.ts';
import { BIND_ARRAY, type BindArrayRow } from './table.ts';
import { counted, hex, onQueue, type Op, PAGE, range, STORED } from './words.ts';

/** Each job has its own slot of the BO, and its word in the slot is behind its batch and a pad. */
const SLOT = 0x50;
const DATA = 0x48;
/** The most binds that the kernel of 2023 takes (MAX_BINDS). */
const MAX_BINDS = 512;
const MANY_JOBS = 16;

interface ArrayShape {
  readonly name: string;
  readonly n: number;
  readonly addr: number;
  readonly size: number;
  /** a bind queue of its own */
  readonly queue?: string;
  /** to try an array that is large */
  readonly isLarge: boolean;
}

function shapesOf({ name, n, addr, own_bind_queue, bo_size }: BindArrayRow): ArrayShape[] {
  const counts = typeof n === 'number' ? [n] : n;
  return counts.map((count) => ({
    name: counts.length === 1 ? name : `${name}-${count}`,
    ...{ n: count, addr, size: bo_size ?? PAGE },
    ...(own_bind_queue === true ? { queue: 'b0' } : {}),
    isLarge: typeof n !== 'number',
  }));
}

const isRefused = ({ n }: ArrayShape): boolean => n > MAX_BINDS;
/** How many binds the call has that succeeds. */
const taken = (shape: ArrayShape): number => (isRefused(shape) ? shape.n / 4 : shape.n);
/** The binds whose part of the address space a job uses: some of many. */
const used = (count: number): readonly number[] =>
  range(count).filter((i) => i % Math.ceil(count / MANY_JOBS) === 0 || i === count - 1);

function aboutOf(shape: ArrayShape): string {
  const { n, queue, isLarge } = shape;
  const where = queue === undefined ? '' : ', in a bind queue of its own';
  const what = `One ioctl maps a BO ${taken(shape)} times side by side${where}, another one takes it all back behind the jobs.`;
  if (!isLarge) return what;
  return isRefused(shape)
    ? `${what} An array of ${n} is EINVAL before, for 2023's kernel has a limit of ${MAX_BINDS}; today's says ENOBUFS.`
    : `${what} Today's kernel may say ENOBUFS to so many; 2023's takes them, they are its limit.`;
}

/** mirrors test_bind_array */
function draft(shape: ArrayShape): ScenarioBuilder {
  const { name, n: whole, addr, size, queue } = shape;
  const n = taken(shape);
  const made = scenario(name).about(aboutOf(shape)).vm('vm0', { async: true });
  made.bo('bo0', { size: hex(size), vm: 'vm0' }).queue('q0', { vm: 'vm0' });
  if (queue !== undefined) made.queue(queue, { vm: 'vm0', kind: 'bind' });
  made.syncobj('bound').syncobj('used').syncobj('unbound');
  const at = (i: number): string => hex(addr + i * size);
  const maps = (count: number): Op[] =>
    range(count).map((i) => map({ addr: at(i), range: hex(size), bo: 'bo0' }));
  return made.client('app', (app) => {
    if (isRefused(shape)) {
      section(app, 'too large an array');
      app.bind('vm0', maps(whole), { out: ['bound'], expect: 'EINVAL' });
      app.expect({ vm: 'vm0', mappings: [] });
    }
    section(app, `${counted(n, 'bind')} in one ioctl`);
    app.bind('vm0', maps(n), onQueue({ out: ['bound'] }, queue));
    section(app, 'jobs, each with a slot of its own');
    for (const i of used(n)) {
      const job = { queue: 'q0', in: 'bound', at: hex(addr + i * size + i * SLOT + DATA) };
      storeJob(app, i === n - 1 ? { ...job, out: 'used' } : job);
    }
    section(app, 'all of it goes, in one ioctl');
    const ops = range(n).map((i) => unmap({ addr: at(i), range: hex(size) }));
    const options = { in: ['used'], out: ['unbound'] };
    app.bind('vm0', ops, onQueue(options, queue)).wait('unbound');
    for (const i of used(n)) app.cpuRead('bo0', hex(i * SLOT + DATA), { expect: STORED });
    app.expect({ vm: 'vm0', mappings: [] });
    return app.close('bo0').close('vm0');
  });
}

/** A call is one transaction: its lists are made one after the other, the mappings change at its end. */
function expectedOf(shape: ArrayShape): readonly BindExpectation[] {
  const [n, pages, base] = [taken(shape), shape.size / PAGE, shape.addr / PAGE];
  const span = (i: number): string => `[${i * pages},${(i + 1) * pages})`;
  const maps = range(n).map((i) => ({ list: i, base, ops: [`MAP ${span(i)} bo0+0`] }));
  const unmaps = range(n).map((i) => ({ list: n + i, base, ops: [`UNMAP ${span(i)}`] }));
  const all = { list: n - 1, base, mappings: range(n).map((i) => `${span(i)} bo0+0`) };
  return [...maps, all, ...unmaps, { list: 2 * n - 1, base, mappings: [] }];
}

export const bindArrayRows: readonly IgtRow[] = BIND_ARRAY.rows.flatMap(shapesOf).map((shape) => ({
  name: shape.name,
  draft: () => draft(shape),
  expected: expectedOf(shape),
}));
