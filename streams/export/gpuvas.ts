/**
 * The debugfs file `gpuvas` of a folded address space. The object column is a kernel pointer there; ours is made up
 * from the BO's place among all BOs, and a legend says which pointer is which BO.
 */
import { dumpGpuvas } from '../../domain/va/gpuvas-dump.ts';
import type { Views } from '../replay/views.ts';

/** Somewhere in the kernel's direct map, and the distance of two objects: pointers that look like pointers. */
const FIRST_OBJECT = 0xffff_8881_0000_0000n;
const OBJECT_BYTES = 0x1000n;

/** The dump of every space, then the legend of the objects in it. */
export function gpuvasText({ spaces, shared }: Views): string {
  const names = Object.keys(shared.bos).sort();
  const pointers = new Map<string, bigint>();
  const pointerOf = (obj: string): bigint => {
    const pointer = FIRST_OBJECT + BigInt(names.indexOf(obj)) * OBJECT_BYTES;
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
