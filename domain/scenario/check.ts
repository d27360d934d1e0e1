/**
 * The static check: everything about a well-shaped scenario that can be known to be wrong before it runs. Pure; gives
 * every problem, in the order of the document, each with its path. What only the kernel can know (an overlap, a closed
 * VM, a mode mismatch) is left to the run.
 */
import { checkBind, checkEntry, checkMapping, checkSync, type StepContext } from './check-bind.ts';
import { collectCreates, collectNames, NameCheck } from './names.ts';
import { type Path, problem, type Problem } from './problem.ts';
import { checkAccess, checkSizes } from './ranges.ts';
import type { Scenario, Step } from './schema.ts';

type GpuStep = Extract<Step, { gpu: unknown }>['gpu'];
type CpuStep = Extract<Step, { cpu: unknown }>['cpu'];
type ExpectStep = Extract<Step, { expect: unknown }>['expect'];

function checkGpu(gpu: GpuStep, path: Path, context: StepContext): void {
  context.refer(gpu.vm, ['vm'], [...path, 'vm']);
  const { gts } = context.scenario.device;
  if (gpu.gt >= gts) {
    const what = `\`gt\` is ${gpu.gt}, but the device has ${gts === 1 ? '1 GT' : `${gts} GTs`}`;
    context.report(problem('FL113', what, [...path, 'gt']));
  }
  const key = gpu.read === undefined ? 'write' : 'read';
  checkAccess(gpu[key] ?? '0x0', context.limit, 'the VM', [...path, key], context.report);
  const { expect } = gpu;
  const onlyForWrites = expect === 'ok' || expect === 'dropped';
  if (key === 'read' && onlyForWrites) {
    const hint = 'A read gives a value or `fault`.';
    context.report(problem('FL103', `a read cannot be \`${expect}\``, [...path, 'expect'], hint));
  }
  if (key === 'write' && expect !== undefined && expect !== 'fault' && !onlyForWrites) {
    const hint = 'A write is `ok`, `dropped` or `fault`.';
    context.report(problem('FL103', 'a write gives no value', [...path, 'expect'], hint));
  }
}

function checkCpu(cpu: CpuStep, path: Path, context: StepContext): void {
  const bo = context.refer(cpu.bo, ['bo'], [...path, 'bo'])
    ? context.scenario.bos[cpu.bo]
    : undefined;
  const key = cpu.read === undefined ? 'write' : 'read';
  const limit = bo === undefined ? 1n << 64n : BigInt(bo.size);
  checkAccess(cpu[key] ?? '0x0', limit, `\`${cpu.bo}\``, [...path, key], context.report);
  if (key === 'write' && cpu.expect !== undefined) {
    const hint = 'Drop `expect`, or read the value back.';
    context.report(problem('FL103', 'a write gives no value', [...path, 'expect'], hint));
  }
}

function checkExpect(expect: ExpectStep, path: Path, context: StepContext): void {
  const { vm, mappings, entries, signaled, pending } = expect;
  if (vm !== undefined) context.refer(vm, ['vm'], [...path, 'vm']);
  else if (mappings !== undefined || entries !== undefined) {
    const hint = 'Say whose address space: `vm: NAME`.';
    context.report(problem('FL103', '`vm` is missing', path, hint));
  }
  if ([mappings, entries, signaled, pending].every((part) => part === undefined)) {
    const hint = 'Give `mappings`, `entries`, `signaled` or `pending`.';
    context.report(problem('FL103', 'this step expects nothing', path, hint));
  }
  mappings?.forEach((mapping, index) => {
    const at = [...path, 'mappings', index];
    if (mapping.bo !== undefined) context.refer(mapping.bo, ['bo'], [...at, 'bo']);
    checkMapping(mapping, at, context);
  });
  entries?.forEach(({ addr }, index) =>
    checkEntry(addr, [...path, 'entries', index, 'addr'], context),
  );
  if (signaled !== undefined) checkSync(signaled, [...path, 'signaled'], context);
  if (pending !== undefined) checkSync(pending, [...path, 'pending'], context);
}

function checkStep(step: Step, path: Path, context: StepContext): void {
  if ('create' in step) {
    context.refer(step.create, ['vm', 'bo', 'syncobj'], [...path, 'create']);
  } else if ('bind' in step) checkBind(step.bind, [...path, 'bind'], context);
  else if ('wait' in step) checkSync(step.wait, [...path, 'wait'], context);
  else if ('signal' in step) checkSync(step.signal, [...path, 'signal'], context);
  else if ('gpu' in step) checkGpu(step.gpu, [...path, 'gpu'], context);
  else if ('cpu' in step) checkCpu(step.cpu, [...path, 'cpu'], context);
  else if ('expect' in step) checkExpect(step.expect, [...path, 'expect'], context);
  else if ('close' in step) context.refer(step.close, ['vm', 'bo'], [...path, 'close']);
}

/** Every static problem of a scenario; an empty list when it may run. */
export function checkScenario(scenario: Scenario): readonly Problem[] {
  const names = collectNames(scenario);
  const { creates, problems: twice } = collectCreates(scenario);
  const check = new NameCheck(names, creates);
  const problems: Problem[] = [...names.problems, ...twice];
  const report = (found: Problem): void => void problems.push(found);
  const nothing = (section: 'vms' | 'clients', what: string): void => {
    if (Object.keys(scenario[section]).length === 0) report(problem('FL110', what, [section]));
  };
  nothing('vms', 'the scenario declares no VM');
  nothing('clients', 'the scenario has no client');
  checkSizes(scenario.bos, report);
  const limit = 1n << BigInt(scenario.device.vaBits);
  for (const [client, steps] of Object.entries(scenario.clients)) {
    steps.forEach((step, index) => {
      const refer: StepContext['refer'] = (name, kinds, path) => {
        const found = check.use(name, kinds, { client, step: index, path });
        if (found !== undefined) report(found);
        return found === undefined;
      };
      checkStep(step, ['clients', client, index], { scenario, limit, report, refer });
    });
  }
  return problems;
}
