/**
 * Addresses of the process: userptr areas, and the words that user fences and error captures are written to. An area is
 * memory with pages of its own; a word is only a value, so the two must not meet.
 */
import type { U64 } from '../units.ts';
import { type Path, problem } from './problem.ts';
import { checkAligned, type Report } from './ranges.ts';
import type { Scenario } from './schema.ts';

interface Area {
  readonly name: string;
  readonly start: bigint;
  /** the first byte after it */
  readonly end: bigint;
}

/** TASK_SIZE: what a process of x86-64 may map. */
const PROCESS_BYTES = (1n << 47n) - 0x1000n;

const hex = (value: bigint): U64 => `0x${value.toString(16)}`;

function areasOf({ userptrs }: Scenario): Area[] {
  return Object.entries(userptrs).map(([name, { addr, size }]) => {
    const start = BigInt(addr);
    return { name, start, end: start + BigInt(size) };
  });
}

/** The area that holds all of [at, at + size), or undefined. */
export function areaOf(scenario: Scenario, at: U64, size: U64): string | undefined {
  const [start, end] = [BigInt(at), BigInt(at) + BigInt(size)];
  return areasOf(scenario).find((area) => area.start <= start && end <= area.end)?.name;
}

/** Checks the declared areas: whole pages, not empty, inside the process, apart from each other. */
export function checkAreas(scenario: Scenario, report: Report): void {
  const seen: Area[] = [];
  for (const area of areasOf(scenario)) {
    const path: Path = ['userptrs', area.name];
    const { addr, size } = scenario.userptrs[area.name] ?? { addr: '0x0', size: '0x0' };
    const hint = 'An area is made of whole pages: use multiples of 0x1000.';
    checkAligned(addr, [...path, 'addr'], report, hint);
    if (area.start === area.end) {
      const least = 'An area has at least 0x1000 bytes.';
      report(problem('FL107', '`size` is 0', [...path, 'size'], least));
    } else checkAligned(size, [...path, 'size'], report, hint);
    if (area.end > PROCESS_BYTES) {
      const what = `\`addr\` ${addr} + \`size\` ${size} = ${hex(area.end)}, beyond the process's end`;
      const below = `Keep addr + size at or below ${hex(PROCESS_BYTES)}.`;
      report(problem('FL106', what, [...path, 'addr'], below));
    }
    const other = seen.find((each) => each.start < area.end && area.start < each.end);
    if (other !== undefined) {
      report(problem('FL117', `\`${area.name}\` overlaps \`${other.name}\``, path));
    }
    seen.push(area);
  }
}

/** Checks that a word of the process is outside every userptr area. */
export function checkWord(at: U64, path: Path, scenario: Scenario, report: Report): void {
  const word = BigInt(at);
  const area = areasOf(scenario).find(({ start, end }) => start < word + 8n && word < end);
  if (area === undefined) return;
  report(problem('FL117', `\`${path.at(-1) ?? ''}\` ${at} is inside \`${area.name}\``, path));
}
