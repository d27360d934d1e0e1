/** What a declaration may not say; and what it may where a `create` step expects the errno. */
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
import { problemsOf, type StepInput } from './small.ts';

type World = Partial<Omit<ScenarioInput, 'clients'>>;
const LATE = { vm0: {}, late: {} };
const nothing: StepInput = { sleep: { ns: 1 } };
/** Without queues, userptrs and BOs that other declarations would have to fit. */
const BARE: World = { vms: LATE, bos: {}, queues: {}, userptrs: {} };
const areas = (userptrs: NonNullable<World['userptrs']>): World => ({ userptrs });

test.each<[string, World, string[]]>([
  [
    'an unaligned area',
    areas({ a: { addr: 0x800, size: 0x1000 } }),
    ['FL105 userptrs.a.addr: `addr` 0x800'],
  ],
  [
    'an area of half a page',
    areas({ a: { addr: 0x1000, size: 0x800 } }),
    ['FL105 userptrs.a.size: `size` 0x800'],
  ],
  [
    'an empty area',
    areas({ a: { addr: 0x1000, size: 0 } }),
    ['FL107 userptrs.a.size: `size` is 0'],
  ],
  [
    'an area beyond the process',
    areas({ a: { addr: 0x7fffffffe000, size: 0x2000 } }),
    ['FL106 userptrs.a.addr: `addr` 0x7fffffffe000 + `size` 0x2000'],
  ],
  [
    'areas that overlap',
    areas({ a: { addr: 0x1000, size: 0x3000 }, b: { addr: 0x3000, size: 0x1000 } }),
    ['FL117 userptrs.b: `b` overlaps `a`'],
  ],
  [
    'one area inside another',
    areas({ a: { addr: 0x2000, size: 0x1000 }, b: { addr: 0x1000, size: 0x4000 } }),
    ['FL117 userptrs.b: `b` overlaps `a`'],
  ],
  [
    'too much memory',
    areas({ a: { addr: 0x1000, size: 2 ** 46 + 0x1000 } }),
    ['FL106 userptrs.a.size: BOs and userptrs take more than'],
  ],
  [
    'a private BO of no VM',
    { bos: { b: { size: 0x1000, vm: 'vm9' } } },
    ['FL104 bos.b.vm: there is no VM named `vm9`'],
  ],
  [
    'a private BO of a BO',
    { bos: { a: { size: 0x1000 }, b: { size: 0x1000, vm: 'a' } } },
    ['FL104 bos.b.vm: `a` is a BO, not a VM'],
  ],
  [
    'a private BO before its VM',
    { bos: { b: { size: 0x1000, vm: 'late' } } },
    [
      'FL108 bos.b.vm: `b` exists from the start, but its VM `late` is created by `clients.maker[0]`. Create `b` by a step after that one, too.',
    ],
  ],
  [
    'a queue of no VM',
    { queues: { q: { vm: 'vm9' } } },
    ['FL104 queues.q.vm: there is no VM named `vm9`'],
  ],
  [
    'a queue before its VM',
    { queues: { q: { vm: 'late' } } },
    ['FL108 queues.q.vm: `q` exists from the start'],
  ],
  [
    'a queue on no GT',
    { queues: { q: { vm: 'vm0', gt: 1 } } },
    ['FL113 queues.q.gt: `gt` is 1, but the device has 1 GT'],
  ],
  [
    'an unknown flag',
    { vms: { ...LATE, v: { flags: 0x10 } } },
    [
      'FL119 vms.v: `v` exists from the start, but the kernel does not make it: an unknown flag bit',
    ],
  ],
  [
    'two modes',
    { vms: { ...LATE, v: { mode: 'compute', flags: 8 } } },
    [
      'FL119 vms.v: `v` exists from the start, but the kernel does not make it: COMPUTE_MODE with FAULT_MODE',
    ],
  ],
  [
    'faults with scratch',
    { vms: { late: {}, v: { mode: 'fault', scratch: true } } },
    [
      'FL119 vms.v: `v` exists from the start, but the kernel does not make it: SCRATCH_PAGE with FAULT_MODE',
    ],
  ],
  [
    'faults beside other VMs',
    { vms: { ...LATE, v: { mode: 'fault' } } },
    [
      'FL119 vms.v: `v` exists from the start, but the kernel does not make it: FAULT_MODE while the device has a VM without it',
    ],
  ],
  [
    'another VM beside faults',
    { vms: { late: {}, v: { mode: 'fault' }, w: {} } },
    [
      'FL119 vms.w: `w` exists from the start, but the kernel does not make it: no FAULT_MODE while',
    ],
  ],
  [
    'captures of a synchronous VM',
    { vms: { ...LATE, v: { errorCapture: 8 } } },
    [
      'FL119 vms.v: `v` exists from the start, but the kernel does not make it: error captures without ASYNC_BIND_OPS',
    ],
  ],
  [
    'captures inside an area',
    {
      vms: { ...LATE, v: { async: true, errorCapture: 0x1000 } },
      ...areas({ a: { addr: 0x1000, size: 0x1000 } }),
    },
    ['FL117 vms.v.errorCapture: `errorCapture` 0x1000 is inside `a`'],
  ],
  [
    'flags for the scratch page',
    { vms: { ...LATE, v: { flags: 1 } } },
    ['FL103 vms.v.flags: `flags` has the bit that `scratch` stands for. Write `scratch: true`.'],
  ],
  [
    'flags for the mode',
    { vms: { ...LATE, v: { flags: 2 } } },
    ['FL103 vms.v.flags: `flags` has the bit that `compute` stands for. Write `mode: compute`.'],
  ],
  [
    'flags of 33 bits',
    { vms: { ...LATE, v: { flags: 2 ** 32 } } },
    ['FL106 vms.v.flags: `flags` 0x100000000 is more than 32 bits', 'FL119 vms.v'],
  ],
  [
    'a name of ours',
    { vms: { ...LATE, ufences: {} } },
    ['FL111 vms.ufences: the name `ufences` belongs to the simulator'],
  ],
  [
    'a queue with the name of a VM',
    { queues: { vm0: { vm: 'vm0' } } },
    ['FL111 queues.vm0: `vm0` is already the name of a VM'],
  ],
])('%s', (_name, change, expected) => {
  const found = problemsOf([nothing], { ...BARE, ...change });
  expect(
    found.map((each, i) => (each.startsWith(expected[i] ?? '?') ? expected[i] : each)),
  ).toEqual(expected);
});

describe('what a create step makes', () => {
  const create = (name: string, expect?: 'EINVAL' | 'ENOENT'): StepInput => ({
    create: expect === undefined ? name : { name, expect },
  });

  test.each<[string, World, string, 'EINVAL' | 'ENOENT', string[]]>([
    ['a size of half a page', { bos: { b: { size: 0x800 } } }, 'b', 'EINVAL', ['FL105 bos.b.size']],
    ['a size of 0', { bos: { b: { size: 0 } } }, 'b', 'EINVAL', ['FL107 bos.b.size']],
    [
      'a size of everything',
      { bos: { b: { size: 2n ** 64n - 4096n } } },
      'b',
      'EINVAL',
      ['FL106 bos.b.size'],
    ],
    [
      'a queue on no GT',
      { queues: { q: { vm: 'vm0', gt: 3 } } },
      'q',
      'EINVAL',
      ['FL113 queues.q.gt'],
    ],
    [
      'an unknown flag',
      { vms: { ...LATE, v: { flags: 0x10 } } },
      'v',
      'EINVAL',
      ['FL116 clients.app[0].create'],
    ],
    [
      'faults with scratch',
      { vms: { ...LATE, v: { mode: 'fault', scratch: true } } },
      'v',
      'EINVAL',
      ['FL116 clients.app[0].create'],
    ],
  ])('%s: wrong, unless the step expects it', (_name, change, name, errno, expected) => {
    const found = problemsOf([create(name)], { ...BARE, ...change });
    expect(
      found.map((each, i) => (each.startsWith(expected[i] ?? '?') ? expected[i] : each)),
    ).toEqual(expected);
    expect(problemsOf([create(name, errno)], { ...BARE, ...change })).toEqual([]);
  });

  test('may be of another mode than what the device has then: that is known at run time only', () => {
    const vms = { ...LATE, v: { mode: 'fault' as const } };
    expect(problemsOf([create('v')], { ...BARE, vms })).toEqual([]);
  });

  test('may have a VM that is made by a step as well', () => {
    const change = {
      ...BARE,
      bos: { b: { size: 0x1000, vm: 'late' } },
      queues: { q: { vm: 'late' } },
    };
    expect(problemsOf([create('b'), create('q')], change)).toEqual([]);
  });
});
