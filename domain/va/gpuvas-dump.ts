/**
 * The text of the debugfs file `gpuvas`: one look at an address space, in either of its two
 * layouts.
 *
 * Mirrors drm_debugfs.c: drm_debugfs_gpuva_info, as posted in March 2023 (a table of regions above
 * the table of mappings) and as merged for 6.6 (two lines, then the table of mappings). Bytes as 16
 * hex digits, ends exclusive. The dashes of the 2023 layout are 84 above and 83 below the row of
 * the space; so they were.
 */
import { wrap, type Span } from './mapping.ts';
import type { Page } from '../units.ts';
import { kernelRegion, type Region } from './regions.ts';
import type { VaSpace } from './va-space.ts';

/** What stands in the column `object`: where the kernel would have the object. */
export type PointerOf = (obj: string) => number | bigint;

const hex = (pages: Page): string => `0x${pages.toString(16).padStart(13, '0')}000`;
const hexPointer = (pointer: number | bigint): string =>
  `0x${pointer.toString(16).padStart(16, '0')}`;

const heads = (...names: string[]): string => names.map((name) => name.padEnd(18)).join(' | ');

const spanColumns = ({ addr, range }: Span): string =>
  [addr, range, wrap(addr + range)].map(hex).join(' | ');

function vaLines(space: VaSpace, pointerOf: PointerOf): string[] {
  const lines = [
    ` VAs | ${heads('start', 'range', 'end', 'object')} | object offset`,
    '-'.repeat(109),
  ];
  for (const va of space.mappings.values()) {
    const pointer = hexPointer(va.obj === null ? 0 : pointerOf(va.obj));
    lines.push(`     | ${spanColumns(va)} | ${pointer} | ${hex(va.offset)}`);
  }
  return lines;
}

/** The rows of the region tree, the reserved area among them, ascending. */
function regionLines(space: VaSpace): string[] {
  const rows: { readonly at: Page; readonly line: string }[] = [];
  const kernel = kernelRegion(space.config);
  if (kernel !== null) {
    rows.push({ at: kernel.addr, line: ` kernel node | ${spanColumns(kernel)} |   -` });
  }
  for (const region of space.regions?.values() ?? ([] as Region[])) {
    rows.push({
      at: region.addr,
      line: `             | ${spanColumns(region)} | ${region.sparse}`,
    });
  }
  return rows.sort((a, b) => a.at - b.at).map(({ line }) => line);
}

function dump2023(space: VaSpace, pointerOf: PointerOf): string[] {
  const { name, start, range } = space.config;
  return [
    `DRM GPU VA space (${name})`,
    '',
    ` VA regions  | ${heads('start', 'range', 'end')} | sparse`,
    '-'.repeat(84),
    ` VA space    | ${spanColumns({ addr: start, range })} |   -`,
    '-'.repeat(83),
    ...regionLines(space),
    '',
    ...vaLines(space, pointerOf),
  ];
}

function dump66(space: VaSpace, pointerOf: PointerOf): string[] {
  const { name, start, range, reserved } = space.config;
  const ends = ({ addr, range: length }: Span): string =>
    `[${hex(addr)};${hex(wrap(addr + length))}]`;
  return [
    `DRM GPU VA space (${name}) ${ends({ addr: start, range })}`,
    `Kernel reserved node ${ends(reserved ?? { addr: 0, range: 0 })}`,
    '',
    ...vaLines(space, pointerOf),
  ];
}

/** The file, in the layout of the space's semantics; every line ends with a newline. */
export function dumpGpuvas(space: VaSpace, pointerOf: PointerOf): string {
  const lines =
    space.config.semantics === 'gpuva-2023' ? dump2023(space, pointerOf) : dump66(space, pointerOf);
  return `${lines.join('\n')}\n`;
}
