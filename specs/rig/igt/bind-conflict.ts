/** bind-array-conflict, bind-no-array-conflict and bind-array-conflict-error-inject of xe_vm.c. */
import { map, scenario, type ScenarioBuilder, unmap } from '../../../domain/scenario/builder.ts';
import type { BindExpectation, IgtRow } from './row.ts';
import { section } from './sections.ts';
import { storeJob } from './store-job.ts';
import { CONFLICT } from './table.ts';
import { hex, inBo, type Op, PAGE, STORED } from './words.ts';

const SLOT = 0x50;
const DATA = 0x48;
const BASE = Number(CONFLICT.base);
const { bo_size: SIZE, error_inject: INJECT } = CONFLICT;

const ops = (): Op[] =>
  CONFLICT.ops_in_order.map((op) => {
    const [from, to] = op.va;
    const span = { addr: hex(BASE + from), range: hex(to - from) };
    return op.op === 'MAP' ? map({ ...span, ...inBo('bo0', op.offset) }) : unmap(span);
  });

/** What is left in the end, by the table. */
const LEFT = CONFLICT.expected_final_vas.map(({ va: [from, to], offset }) => ({
  ...{ addr: hex(BASE + from), range: hex(to - from), ...inBo('bo0', offset) },
}));

interface Variant {
  readonly array: boolean;
  readonly inject: boolean;
}

function declare(name: string, inject: boolean): ScenarioBuilder {
  const made = scenario(name).vm('vm0', { async: true }).queue('q0', { vm: 'vm0' });
  for (const bo of inject ? ['bo0', 'bo2'] : ['bo0']) made.bo(bo, { size: hex(SIZE), vm: 'vm0' });
  return made.syncobj('bound').syncobj('used');
}

function aboutOf({ array, inject }: Variant): string {
  const what = 'Three neighbouring binds of 1M, 2M and 3M, and an unbind from 1M to 5M across them';
  const how = array ? 'in one ioctl' : 'in four ioctls';
  const left = 'The first MiB and the sixth are left, and jobs use them.';
  if (!inject) return `${what}, ${how}. ${left}`;
  return (
    `${what}, ${how}, over a BO that is there already. There is no memory for the last op's list: ENOMEM undoes all ` +
    'of it, the old BO is mapped and works. (IGT injects ENOSPC into the last op, which today is executed by the call; in ' +
    `2023 it would come up in the worker.) The same again with enough memory succeeds. ${left}`
  );
}

/** mirrors test_bind_array_conflict */
function draft(name: string, variant: Variant): ScenarioBuilder {
  const made = declare(name, variant.inject).about(aboutOf(variant));
  const [first = 0, second = 0] = CONFLICT.execs_at;
  return made.client('app', (app) => {
    const store = (from: number, slot: number): void => {
      const at = hex(BASE + from + slot * SLOT + DATA);
      storeJob(app, { queue: 'q0', in: 'bound', out: 'used', at });
    };
    const verify = (bo: string, at: number, slot: number): void => {
      app.cpuRead(bo, hex(at + slot * SLOT + DATA), { expect: STORED });
    };
    if (variant.inject) {
      const [from, to] = INJECT.premap.va;
      const span = { addr: hex(BASE + from), range: hex(to - from) };
      section(app, 'a BO that will be mapped over');
      app.bind('vm0', [map({ ...span, bo: 'bo2' })], { out: ['bound'] });
      store(first, 0);
      app.wait('used');
      verify('bo2', first, 0);
      section(app, 'the array fails as a whole');
      app.bind('vm0', ops(), { out: ['bound'], expect: 'ENOMEM' });
      app.expect({ vm: 'vm0', mappings: [{ ...span, bo: 'bo2' }] });
      store(second, 1);
      app.wait('used');
      verify('bo2', second, 1);
    }
    section(app, variant.array ? 'four binds in one ioctl' : 'four binds in four ioctls');
    if (variant.array) app.bind('vm0', ops(), { out: ['bound'] });
    else for (const op of ops()) app.bind('vm0', [op], { out: ['bound'] });
    section(app, 'jobs in what is left');
    CONFLICT.execs_at.forEach(store);
    app.wait('used').expect({ vm: 'vm0', mappings: LEFT });
    CONFLICT.execs_at.forEach((at, slot) => verify('bo0', at, slot));
    for (const bo of variant.inject ? ['bo0', 'bo2'] : ['bo0']) app.close(bo);
    return app.close('vm0');
  });
}

const base = BASE / PAGE;
const pages = (bytes: number): number => bytes / PAGE;

/** The last four lists of the run. */
const expectedOf = ({ inject }: Variant): readonly BindExpectation[] => [
  { list: -4, base, ops: [...(inject ? ['UNMAP [0,256)'] : []), 'MAP [0,256) bo0+0'] },
  { list: -3, base, ops: ['MAP [256,768) bo0+256'] },
  { list: -2, base, ops: ['MAP [768,1536) bo0+768'] },
  {
    ...{ list: -1, base, ops: ['UNMAP [256,768)', 'REMAP [768,1536) next [1280,1536) bo0+1280'] },
    mappings: CONFLICT.expected_final_vas.map(
      ({ va: [from, to], offset }) => `[${pages(from)},${pages(to)}) bo0+${pages(offset)}`,
    ),
  },
];

export const conflictRows: readonly IgtRow[] = CONFLICT.variants.map((name) => {
  const variant = { array: !name.includes('no-array'), inject: name.includes('inject') };
  const row = { name, draft: () => draft(name, variant), expected: expectedOf(variant) };
  // the BO that is there already has the first list
  return variant.inject
    ? { ...row, fails: { chance: 'alloc', nth: INJECT.inject_on_op_index + 2 } }
    : row;
});
