/** The builder and a YAML file that mean the same give the same canonical bytes; wrong use is refused alike. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseScenarioText } from '../../../cli/scenario-file.ts';
import { FencelabError } from '../../../domain/errors.ts';
import { map, scenario, unmap, unmapAll } from '../../../domain/scenario/builder.ts';
import { canonicalScenario } from '../../../domain/scenario/canonical.ts';
import { parseScenario } from '../../../domain/scenario/parse.ts';

const YAML = `
fencelab: 1
$schema: ./scenario.schema.json
name: everything
about: one of each
device: { gts: 2, vaBits: 57 }
latency: { jitter: 3, ioctlNs: 100 }
vms: { vm0: { async: true }, vm1: { semantics: gpuvm-6.18 } }
bos: { bo0: { size: 0x4000 }, bo1: { size: 0x1000, placement: system } }
syncobjs: { done: {}, gate: { pending: true }, tl: { kind: timeline } }
clients:
  app:
    - create: vm1
    - bind:
        vm: vm0
        ops:
          - map: { addr: 0x0, range: 0x8000, null: true }
          - map: { addr: 0x4000, range: 0x1000, bo: bo0, offset: 0x3000, readOnly: true }
          - unmap: { addr: 0x100000000000000, range: 4096 }
          - unmapAll: { bo: bo1 }
        in: [gate]
        out: [done, { syncobj: tl, point: 0xffffffffffffffff }]
    - bind: { vm: vm1, async: false, ops: [{ unmap: { addr: 1, range: 0 } }], expect: EINVAL }
    - signal: gate
    - wait: done
    - wait: { syncobj: tl, point: 1, expect: ETIME }
    - gpu: { vm: vm0, read: 0x3ff8, expect: 0 }
    - gpu: { vm: vm0, gt: 1, write: 0x4000, value: 18446744073709551615, expect: ok }
    - cpu: { bo: bo0, write: 8, value: 0xC0FFEE }
    - cpu: { bo: bo0, read: "0x008", expect: 0xc0ffee }
    - expect: { vm: vm0, mappings: [], signaled: done }
    - sleep: { ns: 1000 }
    - close: vm0
`;

const built = scenario('everything')
  .about('one of each')
  .device({ vaBits: 57, gts: 2 })
  .latency({ ioctlNs: 100, jitter: 3 })
  .vm('vm1', { semantics: 'gpuvm-6.18' })
  .vm('vm0', { async: true })
  .bo('bo1', { size: 0x1000, placement: 'system' })
  .bo('bo0', { size: 0x4000n })
  .syncobj('tl', { kind: 'timeline' })
  .syncobj('gate', { pending: true })
  .syncobj('done')
  .client('app', (c) =>
    c
      .create('vm1')
      .bind(
        'vm0',
        [
          map({ addr: 0, range: 0x8000, null: true }),
          map({ addr: '0x4000', range: 0x1000n, bo: 'bo0', offset: 0x3000, readOnly: true }),
          unmap({ addr: 1n << 56n, range: 4096 }),
          unmapAll('bo1'),
        ],
        { in: ['gate'], out: ['done', { syncobj: 'tl', point: 2n ** 64n - 1n }] },
      )
      .bind('vm1', [unmap({ addr: 1, range: 0 })], { async: false, expect: 'EINVAL' })
      .signal('gate')
      .wait('done')
      .wait({ syncobj: 'tl', point: 1, expect: 'ETIME' })
      .gpuRead('vm0', 0x3ff8, { expect: 0 })
      .gpuWrite('vm0', 0x4000, 2n ** 64n - 1n, { gt: 1, expect: 'ok' })
      .cpuWrite('bo0', 8, 0xc0ffee)
      .cpuRead('bo0', 8, { expect: 0xc0ffee })
      .expect({ vm: 'vm0', mappings: [], signaled: 'done' })
      .sleep(1000)
      .close('vm0'),
  )
  .build();

describe('the builder', () => {
  it('gives the canonical form of the same YAML', () => {
    const fromYaml = canonicalScenario(parseScenarioText(YAML, 'everything.yaml'));
    expect(canonicalScenario(built)).toBe(fromYaml);
    expect(fromYaml).not.toContain('$schema');
    expect(fromYaml).toContain('"point":"0xffffffffffffffff"');
  });

  it('gives a canonical form that parses to itself', () => {
    const text = canonicalScenario(built);
    const again = parseScenario(JSON.parse(text));
    expect(again.ok && canonicalScenario(again.scenario)).toBe(text);
    expect(again.ok && JSON.stringify(again.scenario)).toBe(text);
  });

  it('gives the same for the null-bind example', () => {
    const file = new URL('../../../scenarios/null-bind.yaml', import.meta.url);
    const shipped = parseScenarioText(readFileSync(file, 'utf8'), 'null-bind.yaml');
    const first = shipped.clients['app']?.[0];
    const same = scenario('x')
      .vm('vm0')
      .syncobj('done')
      .client('app', (c) =>
        c.bind('vm0', [map({ addr: 0, range: 0x8000, null: true })], { out: ['done'] }),
      )
      .build();
    expect(same.clients['app']?.[0]).toEqual(first);
  });

  it('refuses what the check refuses, with every problem and its path', () => {
    const wrong = scenario('wrong')
      .vm('vm0')
      .client('app', (c) => c.close('vmo').gpuRead('vm0', 3));
    expect(() => wrong.build()).toThrow(FencelabError);
    expect(() => wrong.build()).toThrow(
      'FL104: there is no VM, BO or queue named `vmo`; FL105: `read` 0x3 is not a multiple of 8 ' +
        '(clients.app[1].gpu.read) (clients.app[0].close)',
    );
  });

  it('refuses a name given twice', () => {
    expect(() => scenario('x').vm('a').vm('a')).toThrow(/^FL111: /);
  });
});
