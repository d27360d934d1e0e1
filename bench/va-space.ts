import { editVaSpace, type VaSpaceEditor } from '../domain/va/va-space-editor.ts';
import { PLAIN, type MapRequest } from '../domain/va/mapping.ts';
import { applyOps, applyOpsTo, type IdSource } from '../domain/va/ops.ts';
import { refused } from '../domain/va/result.ts';
import { mapOps, unmapOps } from '../domain/va/split-merge.ts';
import { createVaSpace, type VaSpace } from '../domain/va/va-space.ts';
import { isMain, line, measure, perSecond, randomInts, type Figure } from './measure.ts';

interface Base { space: VaSpace; nextId: number; end: number; objs: string[] }

function base(n: number): Base {
  const random = randomInts(1);
  const objs = Array.from({ length: Math.max(1, n >> 6) }, (_, i) => `bo-${i}`);
  const editor = editVaSpace(createVaSpace({ name: 'bench', start: 0, range: 2 ** 45, reserved: null, semantics: 'gpuvm-6.18' }));
  let addr = 16;
  for (let id = 1; id <= n; id += 1) {
    const range = 1 + random(16);
    const m = { id, addr, range, obj: objs[random(objs.length)] as string, offset: random(1000), attrs: PLAIN };
    editor.insert(m);
    editor.link(m);
    addr += range + (random(2) === 0 ? 0 : random(8));
  }
  return { space: editor.freeze(), nextId: n + 1, end: addr, objs };
}

type Req = { map: MapRequest } | { addr: number; range: number };
function requests(b: Base, k: number, seed=2): Req[] {
  const random = randomInts(seed);
  return Array.from({ length: k }, (_, i) => {
    const addr = random(b.end);
    const range = 1 + random(16);
    return i % 2 === 0 ? { map: { addr, range, obj: b.objs[random(b.objs.length)] as string, offset: random(1000), attrs: PLAIN } } : { addr, range };
  });
}

function one(editor: VaSpaceEditor, r: Req, ids: IdSource): void {
  const ops = 'map' in r ? mapOps(editor, r.map) : unmapOps(editor, r.addr, r.range);
  if (refused(ops)) throw new Error('refused');
  if (applyOpsTo(editor, ops, ids) !== 0) throw new Error('failed');
}

export async function run(): Promise<Figure[]> {
  const out: Figure[] = [];
  for (const n of [1e3, 1e4, 1e5, 1e6]) {
    const t0 = performance.now();
    const b = base(n);
    console.log('build', n, performance.now() - t0);
    const reqs = requests(b, Math.min(n, 200_000));
    const rounds = Math.ceil(200_000 / reqs.length);
    const ed = editVaSpace(b.space);
    const ids2 = { next: b.nextId };
    for (let i=0;i<3;i++) for (const r of requests(b, 200_000, 77+i)) one(ed, r, ids2);
    console.log('size', ed.mappings.size);
    let seed = 100;
    const rr = Array.from({length: 6}, () => requests(b, 200_000, seed++));
    let at=0;
    const f0 = measure(`steady ${n}`, () => { const rs = rr[at++] as Req[]; return perSecond(rs.length, () => { for (const r of rs) one(ed, r, ids2); }); });
    console.log(line(f0), ed.mappings.size);
    const f = measure(`in place ${n}`, () => perSecond(rounds * reqs.length, () => {
      for (let i = 0; i < rounds; i += 1) {
        const editor = editVaSpace(b.space);
        const ids = { next: b.nextId };
        for (const r of reqs) one(editor, r, ids);
      }
    }));
    console.log(line(f)); out.push(f);
    const kreqs = reqs.slice(0, 20000);
    const kr = Math.ceil(20_000 / kreqs.length);
    const g = measure(`kept ${n}`, () => perSecond(kr * kreqs.length, () => {
      for (let i = 0; i < kr; i += 1) {
        let at = { space: b.space, nextId: b.nextId };
        const kept: VaSpace[] = [];
        for (const r of kreqs) {
          const ops = 'map' in r ? mapOps(at.space, r.map) : unmapOps(at.space, r.addr, r.range);
          if (refused(ops)) throw new Error('refused');
          const next = applyOps(at.space, ops, at.nextId);
          if (refused(next)) throw new Error('failed');
          at = next;
          kept.push(at.space);
        }
      }
    }));
    console.log(line(g)); out.push(g);
  }
  return out;
}
if (isMain(import.meta.url)) await run();
