/**
 * What a step may not say: every refusal has its code, its place and advice. The same step with an errno as its
 * expectation is legal, as far as user space could pass it to the kernel.
 */
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';
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

/** Refused where the step shall succeed, legal where it expects an errno. */
test.each<[string, StepInput, string]>([
  [
    'userptr outside',
    bind([{ mapUserptr: { ...span, ptr: 0x104000 } }]),
    'FL106 @bind.ops[0].mapUserptr.ptr: the process has no memory',
  ],
  [
    'userptr half outside',
    bind([{ mapUserptr: { addr: 0, range: 0x2000, ptr: 0x103000 } }]),
    'FL106 @bind.ops[0].mapUserptr.ptr: the process has no memory',
  ],
  [
    'userptr beyond the VM',
    bind([{ mapUserptr: { addr: 2 ** 48, range: 0x1000, ptr: 0x100000 } }]),
    'FL106 @bind.ops[0].mapUserptr.addr: `addr` 0x1000000000000',
  ],
  [
    'raw userptr outside',
    bind([raw(2, { range: 0x1000, offset: 0x9000 })]),
    'FL106 @bind.ops[0].raw.ptr: the process has no memory',
  ],
  [
    'prefetch of nothing',
    bind([{ prefetch: { addr: 0, range: 0, region: 1 } }], { vm: 'vma' }),
    'FL107 @bind.ops[0].prefetch.range: `range` is 0',
  ],
  [
    'unaligned prefetch',
    bind([{ prefetch: { addr: 8, range: 0x1000, region: 1 } }], { vm: 'vma' }),
    'FL105 @bind.ops[0].prefetch.addr: `addr` 0x8',
  ],
  ['point 0', bind([MAP], { out: [{ syncobj: 'tl', point: 0 }] }), 'FL115 @bind.out[0]: point 0'],
  [
    'extensions',
    bind([MAP], { extensions: 8 }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: extensions (check 1a). Correct it, or add `expect: EINVAL`',
  ],
  [
    'a synchronous array',
    bind([MAP, MAP]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a further op after one without ASYNC (check 3a)',
  ],
  [
    'a late synchronous op',
    bind([MAP, { unmap: { ...span, async: false } }], { vm: 'vma' }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a further op without ASYNC (check 3b)',
  ],
  [
    'a late restart',
    bind([MAP, { restart: {} }], { vm: 'vma' }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: RESTART as a further op (check 3c)',
  ],
  [
    'synchronous unmapAll',
    bind([{ unmapAll: { bo: 'bo0' } }]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: UNMAP_ALL without ASYNC (check 4a)',
  ],
  [
    'synchronous prefetch',
    bind([{ prefetch: { ...span, region: 1 } }]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: PREFETCH without ASYNC (check 4b)',
  ],
  [
    'an unknown op',
    bind([raw(6, { range: 0x1000 })]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: an unknown op number (check 5a)',
  ],
  [
    'an unknown flag',
    bind([raw(2 ** 20 + 1, { range: 0x1000 })]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: an unknown flag bit (check 5b)',
  ],
  [
    'an unknown region',
    bind([{ prefetch: { ...span, region: 2 } }], { vm: 'vma' }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a region that the device does not have (check 9b)',
  ],
  [
    'an exec queue',
    bind([MAP], { queue: 'q0' }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a queue that is not for binds (check 13b)',
  ],
  [
    'restart of a synchronous VM',
    bind([{ restart: {} }]),
    'FL116 @bind: the kernel refuses this `bind` with ENOTSUPP: RESTART of a VM without ASYNC_BIND_OPS (check 14a)',
  ],
  [
    'restart with syncs',
    bind([{ restart: {} }], { vm: 'vma', out: ['done'] }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: RESTART with syncs (check 14b)',
  ],
  [
    'asynchronous on a synchronous VM',
    bind([MAP], { async: true }),
    'FL116 @bind: the kernel refuses this `bind` with ENOTSUPP: on a VM not in error',
  ],
  [
    'a missing GT',
    bind([{ map: { ...span, bo: 'bo0', gtMask: 2 } }]),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a mask with a GT',
  ],
  [
    'unknown sync flag',
    bind([MAP], { out: [{ syncobj: 'done', flags: 0x20 }] }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a sync with an unknown flag bit (check 18a)',
  ],
  [
    'a syncobj in compute mode',
    bind([{ map: { ...span, bo: 'bo0' } }], { vm: 'vmc', out: ['done'] }),
    'FL116 @bind: the kernel refuses this `bind` with ENOTSUPP: a syncobj on a VM without dma-fences (check 18b)',
  ],
  [
    'a dma-buf',
    bind([MAP], { in: [{ dmaBuf: true }] }),
    'FL116 @bind: the kernel refuses this `bind` with EINVAL: a dma-buf (check 18f)',
  ],
  [
    'a wait for a user fence',
    bind([MAP], { in: [{ userFence: 0x8000, value: 1 }] }),
    'FL116 @bind: the kernel refuses this `bind` with ENOTSUPP: a wait for a user fence (check 18g)',
  ],
  [
    'an unaligned user fence',
    exec({ out: [{ userFence: 0x8004, value: 1 }] }),
    'FL116 @exec: the kernel refuses this `exec` with EINVAL: a user fence whose address',
  ],
  [
    'exec on a bind queue',
    exec({ queue: 'b0' }),
    'FL116 @exec: the kernel refuses this `exec` with EINVAL: a queue for binds (check exec-3)',
  ],
  [
    'two batch buffers',
    exec({ batches: 2 }),
    'FL116 @exec: the kernel refuses this `exec` with EINVAL: another number of batch buffers',
  ],
  [
    'exec with extensions',
    exec({ extensions: 8 }),
    'FL116 @exec: the kernel refuses this `exec` with EINVAL: extensions (check exec-1)',
  ],
  [
    'a syncobj of a compute queue',
    exec({ queue: 'qc', out: ['done'] }),
    'FL116 @exec: the kernel refuses this `exec` with ENOTSUPP',
  ],
  [
    'a user-fence wait for nothing',
    { waitUserFence: { value: 1 } },
    'FL103 @waitUserFence: this step waits for nothing',
  ],
  [
    'an unaligned user-fence wait',
    { waitUserFence: { addr: 0x8004 } },
    'FL116 @waitUserFence: the kernel refuses this `waitUserFence` with EINVAL',
  ],
  [
    'no error capture',
    { waitUserFence: { vmError: 'vma' } },
    'FL116 @waitUserFence: the kernel refuses this `waitUserFence` with ENOTSUPP',
  ],
  [
    'advice to a VM without faults',
    { madvise: { vm: 'vm0', ...span, property: 0, value: 1 } },
    'FL116 @madvise: the kernel refuses this `madvise` with EINVAL: a VM that is not in fault mode',
  ],
  [
    'unknown advice',
    { madvise: { vm: 'vm0', ...span, property: 7, value: 1 } },
    'FL116 @madvise: the kernel refuses this `madvise` with EINVAL: an unknown property',
  ],
  [
    'used before it exists',
    bind([MAP], { vm: 'later' }),
    'FL108 @bind.vm: `later` is used before step 2',
  ],
])('%s: refused where it shall succeed', (_name, step, problem) => {
  const [code = '', rest = ''] = problem.split(' @');
  const change: Partial<ScenarioInput> = {
    vms: { vm0: {}, vma: { async: true }, vmc: { mode: 'compute' }, late: {}, later: {} },
  };
  const steps = [step, { create: 'later' }];
  const found = problemsOf(steps, change);
  expect(found[0]?.startsWith(`${code} clients.app[0].${rest}`) ? problem : found[0]).toBe(problem);
  expect(found).toHaveLength(1);
  const [verb = '', body] = Object.entries(step)[0] ?? [];
  const expecting = { [verb]: { ...(body as object), expect: 'EINVAL' } } as unknown as StepInput;
  expect(problemsOf([expecting, { create: 'later' }], change)).toEqual([]);
});
