/**
 * The static check of what a scenario declares. What no `create` step makes exists from the start, so it must be something
 * that the kernel makes; what a `create` step makes may be wrong if that step expects an errno.
 */
import { checkVmCreate, VM_FLAGS, vmCreateRequest } from '../ioctl/vm-check.ts';
import { checkGt, checkU32 } from './check-context.ts';
import type { Creates, Names } from './names.ts';
import { type Path, pathText, problem } from './problem.ts';
import { checkAreas, checkWord } from './process-memory.ts';
import { checkSizes, type Report } from './ranges.ts';
import type { Scenario } from './schema.ts';

interface Declared {
  readonly scenario: Scenario;
  readonly names: Names;
  readonly creates: Creates;
  readonly report: Report;
}

/** The object exists at some time: from the start, or by a step that shall succeed. */
const isMade = ({ creates }: Declared, name: string): boolean =>
  creates.get(name)?.some(({ expect }) => expect === 'ok') ?? true;
const isInitial = ({ creates }: Declared, name: string): boolean => !creates.has(name);

/** Modes and scratch pages have words of their own; `flags` is for what those cannot say. */
function checkFlags(name: string, { scenario, report }: Declared): void {
  const vm = scenario.vms[name];
  if (vm?.flags === undefined) return;
  const path = ['vms', name, 'flags'];
  const flags = BigInt(vm.flags);
  checkU32(flags, path, report);
  const implied = BigInt(vmCreateRequest({ ...vm, flags: undefined }).flags);
  const isRefused = checkVmCreate(vmCreateRequest(vm), EMPTY) !== null;
  const said = Object.entries(VM_FLAGS).find(([, bit]) => (flags & ~implied & bit) !== 0n);
  if (isRefused || said === undefined) return;
  const [word] = said;
  const hint =
    word === 'scratch' || word === 'async'
      ? `Write \`${word}: true\`.`
      : `Write \`mode: ${word}\`.`;
  report(problem('FL103', `\`flags\` has the bit that \`${word}\` stands for`, path, hint));
}

/** A device without VMs, whose hardware can do all. */
export const EMPTY = { faultVms: 0, otherVms: 0, supportsFaults: true } as const;

function checkVms(declared: Declared): void {
  const { scenario, report } = declared;
  let [faultVms, otherVms] = [0, 0];
  for (const [name, vm] of Object.entries(scenario.vms)) {
    checkFlags(name, declared);
    if (vm.errorCapture !== undefined) {
      checkWord(vm.errorCapture, ['vms', name, 'errorCapture'], scenario, report);
    }
    if (!isInitial(declared, name)) continue;
    const view = { faultVms, otherVms, supportsFaults: true };
    const refusal = checkVmCreate(vmCreateRequest(vm), view);
    if (refusal !== null) {
      const what = `\`${name}\` exists from the start, but the kernel does not make it: ${refusal.what}`;
      report(problem('FL119', what, ['vms', name]));
    }
    if (vm.mode === 'fault') faultVms += 1;
    else otherVms += 1;
  }
}

/** Checks that the VM of a private BO or a queue is declared and does not come after it. */
function checkOwner(name: string, vm: string, path: Path, declared: Declared): void {
  const { names, creates, report } = declared;
  const wrong = names.wrongKind(vm, ['vm'], path);
  if (wrong !== undefined) report(wrong);
  const [first] = creates.get(vm) ?? [];
  if (wrong !== undefined || first === undefined || !isInitial(declared, name)) return;
  const where = pathText(['clients', first.client, first.step]);
  const what = `\`${name}\` exists from the start, but its VM \`${vm}\` is created by \`${where}\``;
  report(problem('FL108', what, path, `Create \`${name}\` by a step after that one, too.`));
}

/** Everything that can be wrong with the declared objects. */
export function checkObjects(declared: Declared): void {
  const { scenario, report } = declared;
  checkVms(declared);
  const bos = Object.entries(scenario.bos);
  const made = bos.filter(([name]) => isMade(declared, name));
  checkSizes(Object.fromEntries(made), scenario.userptrs, report);
  for (const [name, { vm }] of bos) {
    if (vm !== undefined) checkOwner(name, vm, ['bos', name, 'vm'], declared);
  }
  for (const [name, { vm, gt }] of Object.entries(scenario.queues)) {
    checkOwner(name, vm, ['queues', name, 'vm'], declared);
    if (isMade(declared, name)) checkGt(gt, ['queues', name, 'gt'], scenario, report);
  }
  checkAreas(scenario, report);
}
