/** A small scenario with one of everything, for specs that change a part of it and look at what is refused. */
import { parseScenario } from '../../../domain/scenario/parse.ts';
import { pathText } from '../../../domain/scenario/problem.ts';
import type { ScenarioInput } from '../../../domain/scenario/schema.ts';

export type StepInput = ScenarioInput['clients'][string][number];

const WORLD: Omit<ScenarioInput, 'clients'> = {
  fencelab: 1,
  name: 'x',
  vms: { vm0: {}, vma: { async: true }, vmc: { mode: 'compute' }, late: {} },
  bos: {
    bo0: { size: 0x4000 },
    sys: { size: 0x1000, placement: 'system' },
    mine: { size: 0x1000, vm: 'vm0' },
  },
  syncobjs: { done: {}, tl: { kind: 'timeline' } },
  queues: { q0: { vm: 'vm0' }, qc: { vm: 'vmc' }, b0: { vm: 'vm0', kind: 'bind' } },
  userptrs: { heap: { addr: 0x100000, size: 0x4000 } },
};

/** Each problem as `CODE path: what. hint`; `late` is made by a second client's step. */
export function problemsOf(
  steps: readonly StepInput[],
  change: Partial<Omit<ScenarioInput, 'clients'>> = {},
): string[] {
  const clients = { app: [...steps], maker: [{ create: 'late' }] };
  const parsed = parseScenario({ ...WORLD, ...change, clients });
  if (parsed.ok) return [];
  return parsed.problems.map(
    ({ code, path, what, hint }) => `${code} ${pathText(path)}: ${what}. ${hint}`,
  );
}
