/** The static check of everything that reads or writes memory: by the GPU, in a batch, by the CPU. */
import { accessOf } from './access-of.ts';
import { sizeOfBo } from './bo-size.ts';
import { checkGt, modeOf, type StepContext } from './check-context.ts';
import { checkSyncs } from './check-syncs.ts';
import { type Path, problem } from './problem.ts';
import { checkAccess } from './ranges.ts';
import type { BatchItem, Step } from './schema.ts';

type GpuStep = Extract<Step, { gpu: unknown }>['gpu'];
type CpuStep = Extract<Step, { cpu: unknown }>['cpu'];
type ExecStep = Extract<Step, { exec: unknown }>['exec'];
type Access = Exclude<BatchItem, { spin: unknown }>;

/** An access of the GPU: whole words inside the VM, and an expectation of its own kind. */
function checkGpuAccess(access: Access, path: Path, { limit, report }: StepContext): void {
  const { access: key, at: addr } = accessOf(access);
  checkAccess(addr, limit, 'the VM', [...path, key], report);
  const { expect } = access;
  const onlyForWrites = expect === 'ok' || expect === 'dropped';
  const at = [...path, 'expect'];
  if (key === 'read' && onlyForWrites) {
    const hint = 'A read gives a value or `fault`.';
    report(problem('FL103', `a read cannot be \`${expect}\``, at, hint));
  }
  if (key === 'atomic' && expect === 'ok') {
    const hint = 'An atomic gives the value before, `dropped` or `fault`.';
    report(problem('FL103', 'an atomic cannot be `ok`', at, hint));
  }
  if (key === 'write' && expect !== undefined && expect !== 'fault' && !onlyForWrites) {
    const hint = 'A write is `ok`, `dropped` or `fault`.';
    report(problem('FL103', 'a write gives no value', at, hint));
  }
}

export function checkGpu(gpu: GpuStep, path: Path, context: StepContext): void {
  const { scenario, report } = context;
  const isVm = context.refer(gpu.vm, ['vm'], [...path, 'vm']);
  checkGt(gpu.gt, [...path, 'gt'], scenario, report);
  checkGpuAccess(gpu, path, context);
  if (!isVm || modeOf(scenario, gpu.vm) !== 'dma-fence') return;
  const move = context.moves.get(gpu.vm);
  if (move === undefined) return;
  report(problem('FL118', `nothing holds back ${move} while this access is under way`, path));
}

export function checkExec(exec: ExecStep, path: Path, context: StepContext): void {
  context.refer(exec.queue, ['queue'], [...path, 'queue']);
  exec.batch.forEach((item, index) => {
    if (!('spin' in item)) checkGpuAccess(item, [...path, 'batch', index], context);
  });
  checkSyncs(exec, path, context);
}

export function checkCpu(cpu: CpuStep, path: Path, context: StepContext): void {
  const kind = cpu.bo === undefined ? 'userptr' : 'bo';
  const name = cpu.bo ?? cpu.userptr ?? '';
  const isThere = context.refer(name, [kind], [...path, kind]);
  const { scenario } = context;
  const declared = kind === 'bo' ? sizeOfBo(scenario, name) : scenario.userptrs[name]?.size;
  const size = isThere ? declared : undefined;
  const key = cpu.read === undefined ? 'write' : 'read';
  const limit = size === undefined ? 1n << 64n : BigInt(size);
  checkAccess(cpu[key] ?? '0x0', limit, `\`${name}\``, [...path, key], context.report);
  if (key === 'write' && cpu.expect !== undefined) {
    const hint = 'Drop `expect`, or read the value back.';
    context.report(problem('FL103', 'a write gives no value', [...path, 'expect'], hint));
  }
}
