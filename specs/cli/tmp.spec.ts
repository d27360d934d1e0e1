import { parseScenarioText } from '../../cli/scenario-file.ts';
import { it } from '@jest/globals';
const H = 'fencelab: 1\nname: x\nvms: { vm0: {} }\nbos: { bo0: { size: 0x4000 } }\nsyncobjs: { done: {}, tl: { kind: timeline } }\nclients:\n  app:\n';
const cases: string[] = [
 '', '# only a comment\n', '[]', '5', '{}', 'fencelab: 2\n', 'name: x\n', 'fencelab: 1\n',
 H+'    - bind: { vm: vm1, ops: [{ map: { addr: 0x0, range: 0x1000, null: true } }] }\n',
 H+'    - bnd: { vm: vm0 }\n',
 H+'    - bind: { vm: vm0, opps: [] }\n',
 H+'    - bind: { vm: vm0, ops: [{ map: { adr: 0x0, range: 0x1000, null: true } }] }\n',
 H+'    - bind: { vm: vm0, ops: [{ map: { addr: 0x10, range: 0x1000, null: true } }, {unmap: {addr: 0xffff_ffff, range: 0}}] }\n',
 H+'    - bind: { vm: vm0, ops: [{ map: { addr: 0xfffffffff000, range: 0x2000, null: true } }, {map: {addr: 0x1ffffffffffffffff, range: 0x1000}}] }\n',
 H+'    - bind: { vm: vm0, ops: [{ map: { addr: 0xffffffffff000, range: 0x2000, bo: boo, null: true } }, {map: {addr: -1, range: 1.5}}], out: [dne] }\n',
 H+'    - bind: { vm: vm0, ops: [{ map: { addr: 0xffffffffff000, range: 0x2000, bo: bo, null: true } }, {map: {addr: 0x1, range: 0x1000}}], out: [dne, done], expect: EINVAL }\n',
 H+'    - wait: { syncob: done }\n    - wait: 5\n    - 7\n    - wait: {syncobj: done, point: 3}\n    - wait: tl\n    - create: vm1\n    - create: vm0\n    - gpu: {vm: vm0, gt: 2, read: 0x3, expect: ok}\n    - gpu: {vm: vm0}\n',
 H+'    - close: vm0\n    - create: vm0\n    - {create: vm0, close: vm0}\n    - cpu: {bo: bo0, write: 0x4000, value: 1}\n    - bind: {vm: vm0, ops: [{map: {addr: 0, range: 0x8000, bo: bo0}}], expect: EINVALL}\n    - expect: {}\n    - expect: {signaled: tl, mappings: []}\n    - sleep: 5\n',
 'fencelab: 1\nname: x\nname: y\n', 'fencelab: 1\n\tname: x\n', 'a: [', 'fencelab: 1\n---\nfencelab: 1\n', '{"fencelab": 1,\n\t"name": "x",\n\t"vms": {"Vm0": {}, "gt0": {}, "a": {}}, "bos": {"a": {"size": 0}}, "clients": {}}',
 'fencelab: 1\nname: x\n__proto__: {a: 1}\nvms: {__proto__: {}}\nclients: {}\n',
 'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\n',
 'a: &a [*a]\n', 'a: *b\n', '['.repeat(20000), '"\\x"', 'fencelab: !!foo 1\n', 'fencelab: 1\nname: x\nvms: {vm0: }\nclients: {app: []}\n','fencelab: "1"\n', '? [a, b]\n: 3\n','fencelab: 1\nname: 2026-01-01\nvms: {1: {}}\nclients: 3',
];
it('x', () => {
  for (const c of cases) {
    let out: string;
    try { parseScenarioText(c, 'f.yaml'); out = 'OK'; } catch (e) { out = (e as Error).message; }
    process.stdout.write('--- ' + JSON.stringify(c.replace(H, '$H').slice(0, 300)) + '\n' + out.slice(0, 3000) + '\n');
  }
});
