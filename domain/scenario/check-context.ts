/** What the check of a step needs to know, and the checks that many steps share. */
import type { Kind } from './names.ts';
import { type Path, problem } from './problem.ts';
import type { Report } from './ranges.ts';
import type { Scenario, VmMode } from './schema.ts';

export interface StepContext {
  readonly scenario: Scenario;
  /** the first byte after a VM */
  readonly limit: bigint;
  /** the step shall succeed: its values are checked; else the kernel's refusal is what it tests */
  readonly held: boolean;
  /** see movesOf */
  readonly moves: ReadonlyMap<string, string>;
  readonly report: Report;
  /** checks a reference; true when it is good */
  readonly refer: (name: string, kinds: readonly Kind[], path: Path) => boolean;
}

/** Checks the number of a GT. */
export function checkGt(gt: number, path: Path, scenario: Scenario, report: Report): void {
  const { gts } = scenario.device;
  if (gt < gts) return;
  const what = `\`gt\` is ${gt}, but the device has ${gts === 1 ? '1 GT' : `${gts} GTs`}`;
  report(problem('FL113', what, path));
}

/** Checks that a member of 32 bits in the kernel's struct fits. */
export function checkU32(value: bigint, path: Path, report: Report): void {
  if (value < 1n << 32n) return;
  const what = `\`${path.at(-1) ?? ''}\` 0x${value.toString(16)} is more than 32 bits`;
  report(problem('FL106', what, path, 'The ioctl has 32 bits for it: write a value below 2^32.'));
}

export function modeOf(scenario: Scenario, vm: string): VmMode {
  return scenario.vms[vm]?.mode ?? 'dma-fence';
}
