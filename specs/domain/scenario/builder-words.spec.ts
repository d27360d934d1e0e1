/** Every word that a scenario may use can be said from TypeScript, and gives the bytes that the same YAML gives. */
import { parseScenarioText } from '../../../cli/scenario-file.ts';
import {
  atomic,
  map,
  mapUserptr,
  prefetch,
  raw,
  read,
  restart,
  syncOnly,
  scenario,
  spin,
  unmap,
  unmapAll,
  write,
} from '../../../domain/scenario/builder.ts';
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import { type JsonSchema, scenarioJsonSchema } from '../../../domain/scenario/json-schema.ts';

const YAML = `
fencelab: 1
name: words
vms:
  vm0: { async: true, errorCapture: 0x9000 }
  vmc: { mode: compute, scratch: true }
  vmf: { mode: fault, flags: 0x10 }
bos:
  data: { size: 0x4000 }
  mine: { size: 0x1000, vm: vm0 }
syncobjs: { done: {} }
queues: { q0: { vm: vm0 }, b0: { vm: vm0, kind: bind } }
userptrs: { heap: { addr: 0x100000, size: 0x2000 } }
clients:
  app:
    - create: { name: vmf, expect: EINVAL }
    - bind:
        vm: vm0
        queue: b0
        ops:
          - map: { addr: 0x0, range: 0x1000, bo: mine, immediate: true, gtMask: 1 }
          - mapUserptr: { addr: 0x1000, range: 0x2000, ptr: 0x100000, readOnly: true }
          - prefetch: { addr: 0x0, range: 0x1000, region: 1 }
          - unmap: { addr: 0x4000, range: 0x1000, injectError: true }
          - unmapAll: { bo: data, injectError: true }
          - raw: { op: 0x20001, addr: 0x5000, range: 0x1000 }
        out: [done, { userFence: 0x8000, value: 1 }]
    - bind: { vm: vm0, ops: [{ restart: {} }], expect: EPROTO }
    - bind: { vm: vm0, ops: [], extensions: 8, in: [{ dmaBuf: true }], expect: EINVAL }
    - exec:
        queue: q0
        in: [done]
        batch:
          - { write: 0x8, value: 7, expect: ok }
          - spin: { ns: 100 }
          - { read: 0x1000, expect: fault }
          - { read: 0x8 }
          - { atomic: 0x8, value: 1, expect: 7 }
        out: [{ syncobj: done }]
    - exec: { queue: q0, batches: 2, expect: EINVAL }
    - waitUserFence: { addr: 0x8000, value: 1, op: gte, mask: 0xff, timeoutNs: 1000, expect: ETIME }
    - waitUserFence: { vmError: vm0 }
    - gpu: { vm: vmc, atomic: 0x8, value: 2, expect: 0x8 }
    - cpu: { userptr: heap, write: 8, value: 9 }
    - cpu: { userptr: heap, read: 8, expect: 9 }
    - evict: { bo: data }
    - invalidate: { userptr: heap }
    - invalidate: { userptr: heap, gone: true }
    - reset: {}
    - accessCounter: { vm: vmc, addr: 0x1000, granularity: 1, vector: 0x80000000 }
    - madvise: { vm: vm0, addr: 0, range: 0x1000, property: 0, value: 1, expect: EINVAL }
    - expect: { error: { of: done, is: ECANCELED } }
    - close: { name: q0, expect: ok }
    - close: { name: q0, expect: ENOENT }
`;

const built = scenario('words')
  .vm('vm0', { async: true, errorCapture: 0x9000 })
  .vm('vmc', { mode: 'compute', scratch: true })
  .vm('vmf', { mode: 'fault', flags: 0x10 })
  .bo('data', { size: 0x4000 })
  .bo('mine', { size: 0x1000, vm: 'vm0' })
  .syncobj('done')
  .queue('q0', { vm: 'vm0' })
  .queue('b0', { vm: 'vm0', kind: 'bind' })
  .userptr('heap', { addr: 0x100000, size: 0x2000 })
  .client('app', (app) =>
    app
      .create('vmf', { expect: 'EINVAL' })
      .bind(
        'vm0',
        [
          map({ addr: 0, range: 0x1000, bo: 'mine', immediate: true, gtMask: 1 }),
          mapUserptr({ addr: 0x1000, range: 0x2000, ptr: 0x100000, readOnly: true }),
          prefetch({ addr: 0, range: 0x1000, region: 1 }),
          unmap({ addr: 0x4000, range: 0x1000, injectError: true }),
          unmapAll('data', { injectError: true }),
          raw({ op: 0x20001, addr: 0x5000, range: 0x1000 }),
        ],
        { queue: 'b0', out: ['done', { userFence: 0x8000, value: 1 }] },
      )
      .bind('vm0', [restart()], { expect: 'EPROTO' })
      .bind('vm0', [], { extensions: 8, in: [{ dmaBuf: true }], expect: 'EINVAL' })
      .exec('q0', [write(8, 7, 'ok'), spin(100), read(0x1000, 'fault'), read(8), atomic(8, 1, 7)], {
        in: ['done'],
        out: ['done'],
      })
      .exec('q0', [], { batches: 2, expect: 'EINVAL' })
      .waitUserFence({
        ...{ addr: 0x8000, value: 1, op: 'gte', mask: 0xff },
        ...{ timeoutNs: 1000, expect: 'ETIME' },
      })
      .waitUserFence({ vmError: 'vm0' })
      .gpuAtomic('vmc', 8, 2, { expect: 8 })
      .userptrWrite('heap', 8, 9)
      .userptrRead('heap', 8, { expect: 9 })
      .evict('data')
      .invalidate('heap')
      .invalidate('heap', { gone: true })
      .reset()
      .accessCounter('vmc', 0x1000, { granularity: 1, vector: 0x80000000 })
      .madvise('vm0', { addr: 0, range: 0x1000, property: 0, value: 1, expect: 'EINVAL' })
      .expect({ error: { of: 'done', is: 'ECANCELED' } })
      .close('q0', { expect: 'ok' })
      .close('q0', { expect: 'ENOENT' }),
  )
  .build();

test('the builder gives the canonical form of the same YAML', () => {
  expect(canonicalScenario(built)).toBe(canonicalScenario(parseScenarioText(YAML, 'words.yaml')));
});

test('every kind of step and op is in one of the two examples of the builder', () => {
  const steps = scenarioJsonSchema().properties?.['clients']?.additionalProperties;
  if (typeof steps !== 'object') throw new RangeError('no schema of a step');
  const verbs = (schema: JsonSchema | undefined): string[] =>
    (schema?.anyOf ?? []).flatMap(({ properties }) => Object.keys(properties ?? {}));
  const bind = steps.items?.anyOf?.find(({ properties }) => properties?.['bind'] !== undefined);
  const op = bind?.properties?.['bind']?.properties?.['ops']?.items;
  const elsewhere = ['signal', 'wait', 'gpu', 'sleep', 'query', 'sync'];
  const said = [...verbs(steps.items), ...verbs(op)].filter((verb) => !elsewhere.includes(verb));
  expect(said.filter((verb) => !YAML.includes(`${verb}:`))).toEqual([]);
  expect(said.length).toBeGreaterThanOrEqual(19);
});

test('the words of the other drivers', () => {
  const made = scenario('driver')
    .device({ profile: 'panthor' })
    .vm('vm0', { async: true })
    .syncobj('done')
    .client('app', (app) =>
      app.query('pageSizes', 0x201000).bind('vm0', [syncOnly({ out: ['done'] })]),
    )
    .build();
  expect(made.clients['app']).toEqual([
    { query: { what: 'pageSizes', expect: '0x201000' } },
    expect.objectContaining({
      bind: expect.objectContaining({
        ops: [{ sync: { in: [], out: [{ syncobj: 'done' }] } }],
      }) as unknown,
    }),
  ]);
});
