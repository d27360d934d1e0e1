/**
 * What no user space could do, or where a scenario contradicts itself: refused even where an errno is expected. And what is
 * legal although it is near to something refused.
 */
import { problemsOf, type StepInput } from './small.ts';

type Body<V extends string> = StepInput extends infer S
  ? S extends Record<V, infer B>
    ? B
    : never
  : never;
type BindInput = Body<'bind'>;
type OpInput = BindInput['ops'][number];

const span = { addr: 0, range: 0x1000 };
const MAP: OpInput = { map: { ...span, bo: 'bo0' } };
const bind = (ops: OpInput[], more: Partial<BindInput> = {}): StepInput => ({
  bind: { vm: 'vm0', ops, ...more },
});
const exec = (more: Partial<Body<'exec'>> = {}): StepInput => ({ exec: { queue: 'q0', ...more } });
const raw = (op: number, more: object = {}): OpInput => ({ raw: { op, ...more } });

test.each<[string, StepInput[], string]>([
  [
    'op of more than 32 bits',
    [bind([raw(2 ** 32, { range: 0x1000 })], { expect: 'EINVAL' })],
    'FL106 @[0].bind.ops[0].raw.op: `op` 0x100000000 is more than 32 bits',
  ],
  [
    'region of more than 32 bits',
    [bind([raw(1, { range: 0x1000, region: 2 ** 32 })], { expect: 'EINVAL' })],
    'FL106 @[0].bind.ops[0].raw.region',
  ],
  [
    'raw op of an undeclared BO',
    [bind([raw(0, { bo: 'bo9' })], { expect: 'EINVAL' })],
    'FL104 @[0].bind.ops[0].raw.bo: there is no BO named `bo9`. Did you mean `bo0`?',
  ],
  [
    'raw op that contradicts the bind',
    [bind([raw(0x20001, { range: 0x1000 })], { expect: 'EINVAL' })],
    'FL103 @[0].bind.ops[0]: the first op has the ASYNC flag, the bind lacks it. The first op',
  ],
  [
    'first op that contradicts the bind',
    [bind([{ unmap: { ...span, async: false } }], { vm: 'vma', expect: 'EINVAL' })],
    'FL103 @[0].bind.ops[0]: the first op lacks the ASYNC flag, the bind has it',
  ],
  [
    'a private BO elsewhere',
    [bind([{ map: { ...span, bo: 'mine' } }], { vm: 'vma', expect: 'EINVAL' })],
    'FL120 @[0].bind.ops[0].map.bo: `mine` is private to `vm0`',
  ],
  [
    'a raw private BO elsewhere',
    [bind([raw(0x20000, { range: 0x1000, bo: 'mine' })], { vm: 'vma' })],
    'FL120 @[0].bind.ops[0].raw.bo',
  ],
  [
    'an unknown queue',
    [bind([MAP], { queue: 'q9', expect: 'ENOENT' })],
    'FL104 @[0].bind.queue: there is no queue named `q9`',
  ],
  [
    'known sync flags',
    [bind([MAP], { out: [{ syncobj: 'done', flags: 0x30 }], expect: 'EINVAL' })],
    'FL103 @[0].bind.out[0].flags: `flags` has bits that are not free: 0x10',
  ],
  [
    'wide sync flags',
    [bind([MAP], { out: [{ userFence: 8, value: 1, flags: 2 ** 32 }], expect: 'EINVAL' })],
    'FL106 @[0].bind.out[0].flags',
  ],
  [
    'a user fence in an area',
    [bind([MAP], { out: [{ userFence: 0x103ff8, value: 1 }] })],
    'FL117 @[0].bind.out[0].userFence: `userFence` 0x103ff8 is inside `heap`',
  ],
  [
    'a user-fence wait in an area',
    [{ waitUserFence: { addr: 0x100000 } }],
    'FL117 @[0].waitUserFence.addr',
  ],
  [
    'a wait for both',
    [{ waitUserFence: { addr: 8, vmError: 'vma', expect: 'ENOTSUPP' } }],
    'FL103 @[0].waitUserFence.addr: `addr` cannot stand beside `vmError`',
  ],
  [
    'a wait for the error of a BO',
    [{ waitUserFence: { vmError: 'bo0', expect: 'ENOENT' } }],
    'FL104 @[0].waitUserFence.vmError: `bo0` is a BO, not a VM',
  ],
  [
    'a batch on nothing',
    [exec({ queue: 'q9' })],
    'FL104 @[0].exec.queue: there is no queue named `q9`',
  ],
  [
    'an unaligned word in a batch',
    [exec({ batch: [{ spin: { ns: 1 } }, { read: 4 }], expect: 'EINVAL' })],
    'FL105 @[0].exec.batch[1].read: `read` 0x4 is not a multiple of 8',
  ],
  [
    'a word beyond the VM in a batch',
    [exec({ batch: [{ write: 2 ** 48, value: 1 }] })],
    'FL106 @[0].exec.batch[0].write: `write` 0x1000000000000 is beyond the end of the VM',
  ],
  [
    'a batch that reads ok',
    [exec({ batch: [{ read: 0, expect: 'ok' }] })],
    'FL103 @[0].exec.batch[0].expect: a read cannot be `ok`',
  ],
  [
    'a batch that writes a value',
    [exec({ batch: [{ write: 0, value: 1, expect: 1 }] })],
    'FL103 @[0].exec.batch[0].expect: a write gives no value',
  ],
  [
    'eviction from system memory',
    [{ evict: { bo: 'sys' } }],
    'FL103 @[0].evict.bo: `sys` has no place in VRAM',
  ],
  [
    'eviction of nothing',
    [{ evict: { bo: 'vm0' } }],
    'FL104 @[0].evict.bo: `vm0` is a VM, not a BO',
  ],
  [
    'invalidation of a BO',
    [{ invalidate: { userptr: 'bo0' } }],
    'FL104 @[0].invalidate.userptr: `bo0` is a BO, not a userptr',
  ],
  [
    'reset of no GT',
    [{ reset: { gt: 1 } }],
    'FL113 @[0].reset.gt: `gt` is 1, but the device has 1 GT',
  ],
  [
    'a counter on no GT',
    [{ accessCounter: { vm: 'vm0', gt: 1, addr: 0 } }],
    'FL113 @[0].accessCounter.gt',
  ],
  [
    'a counter beyond the VM',
    [{ accessCounter: { vm: 'vm0', addr: 2 ** 48 } }],
    'FL106 @[0].accessCounter.addr',
  ],
  [
    'a counter that counted nothing',
    [{ accessCounter: { vm: 'vm0', addr: 0, vector: 0 } }],
    'FL103 @[0].accessCounter.vector',
  ],
  [
    'a counter of 33 parts',
    [{ accessCounter: { vm: 'vm0', addr: 0, vector: 2 ** 32 } }],
    'FL106 @[0].accessCounter.vector',
  ],
  [
    'advice of 33 bits',
    [{ madvise: { vm: 'vm0', ...span, property: 2 ** 32, value: 0, expect: 'EINVAL' } }],
    'FL106 @[0].madvise.property',
  ],
  [
    'an expected mapping of two things',
    [{ expect: { vm: 'vm0', mappings: [{ ...span, bo: 'bo0', ptr: 0x100000 }] } }],
    'FL114 @[0].expect.mappings[0]: a mapping of a userptr has neither',
  ],
  [
    'an expected userptr offset',
    [{ expect: { vm: 'vm0', mappings: [{ ...span, ptr: 0x100000, offset: 0x1000 }] } }],
    'FL114 @[0].expect.mappings[0]: a userptr mapping has no `offset`',
  ],
  [
    'an expected error of a VM',
    [{ expect: { error: { of: 'vm0', is: 'EIO' } } }],
    'FL104 @[0].expect.error.of: `vm0` is a VM, not a syncobj',
  ],
  ['a userptr made by a step', [{ create: 'heap' }], 'FL104 @[0].create: `heap` is a userptr'],
  [
    'an access while the BO moves',
    [bind([MAP]), { evict: { bo: 'bo0' } }, { gpu: { vm: 'vm0', read: 0 } }],
    'FL118 @[2].gpu: nothing holds back the eviction of `bo0`',
  ],
  [
    'an access while pages go',
    [
      bind([{ mapUserptr: { ...span, ptr: 0x101000 } }]),
      { gpu: { vm: 'vm0', read: 0 } },
      { invalidate: { userptr: 'heap' } },
    ],
    'FL118 @[1].gpu: nothing holds back the invalidation of `heap`',
  ],
])('%s: refused in any case', (_name, steps, problem) => {
  const [code = '', rest = ''] = problem.split(' @');
  const found = problemsOf(steps);
  expect(found[0]?.startsWith(`${code} clients.app${rest}`) ? problem : found[0]).toBe(problem);
  expect(found).toHaveLength(1);
});

test.each<[string, StepInput[]]>([
  [
    'an access of a VM under which nothing moves',
    [bind([MAP]), { evict: { bo: 'bo0' } }, { gpu: { vm: 'vma', read: 0 } }],
  ],
  [
    'an access in compute mode',
    [bind([MAP], { vm: 'vmc' }), { evict: { bo: 'bo0' } }, { gpu: { vm: 'vmc', read: 0 } }],
  ],
  [
    'a batch where memory moves',
    [
      bind([MAP]),
      { evict: { bo: 'bo0' } },
      exec({ batch: [{ read: 0, expect: 0 }], out: ['done'] }),
    ],
  ],
  ['a BO private to the VM', [bind([{ map: { ...span, bo: 'mine' } }])]],
  ['unmapAll of a BO private to another', [bind([{ unmapAll: { bo: 'mine' } }], { vm: 'vma' })]],
  [
    'a synchronous bind on an asynchronous VM: it may be in error',
    [bind([MAP], { vm: 'vma', async: false })],
  ],
  ['a user fence beside an area', [bind([MAP], { out: [{ userFence: 0x104000, value: 1 }] })]],
  ['a restart', [bind([{ restart: {} }], { vm: 'vma' })]],
  [
    'a mapping of the whole area',
    [bind([{ mapUserptr: { addr: 0, range: 0x4000, ptr: 0x100000 } }])],
  ],
  [
    'an expected userptr and an expected error',
    [
      {
        expect: {
          vm: 'vm0',
          mappings: [{ ...span, ptr: 0x100000 }],
          error: { of: 'done', is: 'ETIME' },
        },
      },
    ],
  ],
  [
    'a second create after one that fails',
    [{ create: { name: 'bo0', expect: 'ENOMEM' } }, { create: 'bo0' }],
  ],
  ['closing queues', [{ close: 'q0' }, { close: { name: 'q0', expect: 'ENOENT' } }]],
])('%s is legal', (_name, steps) => {
  expect(problemsOf(steps)).toEqual([]);
});
