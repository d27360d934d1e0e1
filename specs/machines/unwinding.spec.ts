/**
 * A call whose op list cannot be made is unwound whole. No scenario gets there yet (the checks refuse first), so the spec
 * gives the VM a reserved area, which only the lists know of.
 */
import { createVaSpace } from '../../domain/va/va-space.ts';
import { createVm, newVm } from '../../machines/vm/life.ts';
import type { VmContext } from '../../machines/vm/context.ts';
import { deliver, factsIn, sentIn, sharedOf } from '../rig/actors.ts';

const input = {
  id: 'vm0',
  index: 0,
  declared: {
    async: true,
    semantics: 'gpuva-2023' as const,
    mode: 'dma-fence' as const,
    scratch: false,
  },
  gts: ['gt0'],
  flavour: null,
  levels: 4,
  ptUpdates: 'gpu' as const,
};
const fresh = createVm(newVm(input)).context;
const config = { ...fresh.space.config, reserved: { addr: 16, range: 16 } };
const state = {
  machine: 'vm',
  value: 'open.idle',
  context: { ...fresh, space: createVaSpace(config) },
};
const shared = sharedOf([
  { type: 'device.created', gts: ['gt0'], vaBits: 48, profile: 'xe-2023' },
  { type: 'syncobj.created', syncobj: 'done', kind: 'binary' },
]);
const map = (addr: string): { map: { addr: string; range: string; null: true } } => ({
  map: { addr, range: '0x1000', null: true },
});
const REQUEST = { async: true, queue: null, extensions: '0x0', in: [] };
const bind = (ops: ReturnType<typeof map>[]): ReturnType<typeof deliver> =>
  deliver(state, 'vm.bind', { ...REQUEST, ops, out: [{ syncobj: 'done' }] }, shared);

test('the errno comes back, and the lock is free again', () => {
  const { state: after, effects } = bind([map('0x10000')]);
  expect(after.value).toBe('open.idle');
  expect(sentIn(effects)).toEqual([['spec', 'ioctl.done', { result: -22 }]]);
  expect(factsIn(effects).map(({ type }) => type)).toEqual(['bind.unwound']);
});

test('the lists made before the one that failed leave no trace', () => {
  const { state: after, effects } = bind([map('0x0'), map('0x1000'), map('0x1f000')]);
  const { space, call, inFlight, trees } = after.context as VmContext;
  expect(space).toBe(state.context.space);
  expect([call, inFlight, trees]).toEqual([null, [], state.context.trees]);
  const types = factsIn(effects).map(({ type }) => type);
  expect(types).toEqual(['ops.created', 'ops.created', 'bind.unwound']);
});

test('the same lists without the last one are applied', () => {
  const { state: after, effects } = bind([map('0x0'), map('0x1000')]);
  expect((after.context as VmContext).space.mappings.size).toBe(2);
  expect(factsIn(effects).map(({ type }) => type)).toContain('bind.accepted');
});
