/**
 * The debugfs file `gpuvas` of a folded address space. The object column is a kernel pointer there; ours is made up
 * from the BO's place in memory, and a legend says which pointer is which BO.
 */
import { dumpGpuvas } from '../../domain/va/gpuvas-dump.ts';
import { PAGE_BYTES } from '../../domain/units.ts';
import type { Views } from '../replay/views.ts';

/** Where the kernel's direct map would be: makes a pointer look like one. */
const DIRECT_MAP = 0xffff_8880_0000_0000n;

/** The dump of every space, then the legend of the objects in it. */
export function gpuvasText({ spaces, shared }: Views): string {
  const pointers = new Map<string, bigint>();
  const pointerOf = (obj: string): bigint => {
    const phys = shared.bos[obj]?.phys ?? 0;
    const pointer = DIRECT_MAP + BigInt(phys) * BigInt(PAGE_BYTES);
    pointers.set(obj, pointer);
    return pointer;
  };
  const dumps = Object.keys(spaces)
    .sort()
    .flatMap((vm) => {
      const space = spaces[vm];
      return space === undefined ? [] : [dumpGpuvas(space, pointerOf)];
    });
  const legend = [...pointers].map(
    ([obj, pointer]) => `object 0x${pointer.toString(16)} is ${obj}\n`,
  );
  return [...dumps, ...legend].join('');
}
