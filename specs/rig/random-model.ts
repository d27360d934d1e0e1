/**
 * Random scenarios of the whole model: every word of a scenario, without regard to whether it makes sense there. What
 * the kernel would refuse is refused when it runs; the static check of files is passed over on purpose.
 */
import fc from 'fast-check';
import { type Scenario, type ScenarioInput, scenarioSchema } from '../../domain/scenario/schema.ts';

type StepInput = ScenarioInput['clients'][string][number];
type BindInput = Extract<StepInput, { bind: unknown }>['bind'];
type OpInput = BindInput['ops'][number];
type SyncInput = NonNullable<BindInput['out']>[number];
type BatchInput = NonNullable<Extract<StepInput, { exec: unknown }>['exec']['batch']>[number];
type Mode = 'dma-fence' | 'compute' | 'fault';

const PAGE = 0x1000;
const HEAP = 0x7f0000000000;
const vm = fc.constantFrom('v0', 'v1');
const bo = fc.constantFrom('small', 'own', 'sys');
const pages = fc.integer({ min: 1, max: 4 });
/** Few addresses, so that mappings meet; around the border of two tables. */
const addr = fc.integer({ min: 0, max: 7 }).map((n) => 0x1fc000 + n * PAGE);
const span = fc.record({ addr, range: pages.map((n) => n * PAGE) });
const offset = fc.integer({ min: 0, max: 3 }).map((n) => n * PAGE);
const options = fc.record(
  {
    immediate: fc.boolean(),
    injectError: fc.constant(true),
    gtMask: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: [] },
);
const rarely = <T extends object>(what: fc.Arbitrary<T>): fc.Arbitrary<Partial<T>> =>
  fc.oneof({ arbitrary: fc.constant({}), weight: 6 }, { arbitrary: what, weight: 1 });

const op: fc.Arbitrary<OpInput> = fc.oneof(
  {
    arbitrary: fc
      .tuple(span, bo, offset, fc.boolean(), rarely(options))
      .map(([at, name, from, readOnly, more]) => ({
        map: { ...at, bo: name, offset: from, readOnly, ...more },
      })),
    weight: 5,
  },
  {
    arbitrary: fc.tuple(span, rarely(options)).map(([at, more]) => ({
      map: { ...at, null: true, ...more },
    })),
    weight: 1,
  },
  {
    arbitrary: fc.tuple(span, offset, rarely(options)).map(([at, from, more]) => ({
      mapUserptr: { ...at, ptr: HEAP + from, ...more },
    })),
    weight: 3,
  },
  { arbitrary: span.map((at) => ({ unmap: at })), weight: 4 },
  { arbitrary: bo.map((name) => ({ unmapAll: { bo: name } })), weight: 1 },
  {
    arbitrary: fc.tuple(span, fc.nat(1)).map(([at, region]) => ({ prefetch: { ...at, region } })),
    weight: 2,
  },
  { arbitrary: fc.constant({ restart: {} }), weight: 1 },
);

const syncs = (mode: Mode): fc.Arbitrary<SyncInput> =>
  mode === 'dma-fence'
    ? fc.oneof(
        fc.constantFrom('s0', 's1'),
        fc.integer({ min: 1, max: 4 }).map((point) => ({ syncobj: 'tl', point })),
      )
    : fc.nat(3).map((n) => ({ userFence: 0x9000 + 8 * n, value: n + 1 }));

const access: fc.Arbitrary<BatchInput> = fc.oneof(
  addr.map((read): BatchInput => ({ read })),
  fc.tuple(addr, fc.nat(9)).map(([write, value]): BatchInput => ({ write, value })),
  fc.constant<BatchInput>({ spin: { ns: 5000 } }),
);

function stepOf(mode: Mode): fc.Arbitrary<StepInput> {
  const out = fc.array(syncs(mode), { maxLength: 2 });
  const ins =
    mode === 'dma-fence' ? fc.array(syncs(mode), { maxLength: 1 }) : fc.constant<SyncInput[]>([]);
  const isAsync = fc.boolean();
  const bind = fc
    .record({ vm, async: isAsync, ops: fc.array(op, { minLength: 1, maxLength: 2 }), in: ins, out })
    .chain((each) =>
      fc.constantFrom(undefined, undefined, 'b0').map((queue): StepInput => ({
        bind: { ...each, ...(queue === undefined || each.vm !== 'v0' ? {} : { queue }) },
      })),
    );
  const exec = fc
    .record({
      queue: fc.constantFrom('q0', 'q1', 'q2'),
      batch: fc.array(access, { minLength: 1, maxLength: 3 }),
      in: ins,
      out,
    })
    .map((each): StepInput => ({ exec: each }));
  const wait = fc.integer({ min: 0, max: 3 }).map((n): StepInput => ({
    waitUserFence: { addr: 0x9000 + 8 * n, value: n + 1, timeoutNs: 100_000 },
  }));
  const other = fc.oneof(
    bo.map((name): StepInput => ({ evict: { bo: name } })),
    fc.boolean().map((gone): StepInput => ({ invalidate: { userptr: 'heap', gone } })),
    fc.nat(1).map((gt): StepInput => ({ reset: { gt } })),
    fc.tuple(vm, addr).map(([name, at]): StepInput => ({ accessCounter: { vm: name, addr: at } })),
    fc.constantFrom('q0', 'q2', 'small', 'v1', 'own').map((name): StepInput => ({ close: name })),
    fc.integer({ min: 1, max: 40_000 }).map((ns): StepInput => ({ sleep: { ns } })),
    bo.map((name): StepInput => ({ cpu: { bo: name, read: 0 } })),
    fc.tuple(vm, addr, fc.nat(7)).map(([name, at, property]): StepInput => ({
      madvise: { vm: name, addr: at, range: PAGE, property, value: 0 },
    })),
  );
  return fc.oneof(
    { arbitrary: bind, weight: 8 },
    { arbitrary: exec, weight: 5 },
    { arbitrary: wait, weight: mode === 'dma-fence' ? 0 : 2 },
    { arbitrary: other, weight: 4 },
  );
}

/** A scenario whose VMs are all of one mode: a device has fault-mode VMs only, or none. */
export const randomModel: fc.Arbitrary<Scenario> = fc
  .constantFrom<Mode>('dma-fence', 'dma-fence', 'compute', 'fault')
  .chain((mode) => {
    const program = fc.array(stepOf(mode), { minLength: 1, maxLength: 7 });
    const program0 = fc.record({ a: program, b: program, c: program });
    return fc
      .tuple(program0, fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 2 }))
      .map(([clients, async, scratch, gts]): Scenario =>
        scenarioSchema.parse({
          fencelab: 1,
          name: 'random',
          device: { gts: 2 },
          vms: {
            v0: { async, mode, errorCapture: async ? 0x8000 : undefined },
            v1: { async: true, mode, scratch: scratch && mode !== 'fault', errorCapture: 0x8008 },
          },
          queues: {
            q0: { vm: 'v0' },
            q1: { vm: 'v1', gt: gts - 1 },
            q2: { vm: 'v0', gt: 1 },
            b0: { vm: 'v0', kind: 'bind' },
          },
          bos: {
            small: { size: 0x8000 },
            own: { size: 0x4000, vm: 'v0' },
            sys: { size: 0x4000, placement: 'system' },
          },
          userptrs: { heap: { addr: HEAP, size: 0x4000 } },
          syncobjs: { s0: {}, s1: {}, tl: { kind: 'timeline' } },
          clients,
        }),
      );
  });
