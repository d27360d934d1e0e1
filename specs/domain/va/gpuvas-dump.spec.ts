/** The debugfs file in both layouts, to the letter. */
import { expect, test } from '@jest/globals';
import { dumpGpuvas } from '../../../domain/va/gpuvas-dump.ts';
import { PLAIN, type Mapping } from '../../../domain/va/mapping.ts';
import type { Semantics } from '../../../domain/va/range-check.ts';
import { insertRegion } from '../../../domain/va/regions.ts';
import { refused, type OrErrno } from '../../../domain/va/result.ts';
import { insert } from '../../../domain/va/va-space-editor.ts';
import { createVaSpace, type VaSpace } from '../../../domain/va/va-space.ts';

function done<T extends object>(result: OrErrno<T>): T {
  if (refused(result)) throw new Error(`refused: ${result}`);
  return result;
}

const empty = (semantics: Semantics, reserved: VaSpace['config']['reserved']): VaSpace =>
  createVaSpace({ name: 'Xe VM', start: 0, range: 2 ** 36, reserved, semantics }, false);

const va = (id: number, addr: number, range: number, obj: string | null, offset = 0): Mapping => ({
  id,
  addr,
  range,
  obj,
  offset,
  repeat: null,
  attrs: PLAIN,
});

const withMappings = (space: VaSpace): VaSpace =>
  [va(1, 0x1a00, 16, 'bo'), va(2, 2 ** 35, 2, null, 0x7f), va(3, 0x1a10, 1, 'big', 0x10)].reduce(
    (at, mapping) => done(insert(at, mapping)),
    space,
  );

const pointerOf = (obj: string): number | bigint =>
  obj === 'big' ? 0xffff_8881_0a2b_3c00n : 0xabcdef;

const VAS = [
  ' VAs | start              | range              | end                | object             | object offset',
  '-------------------------------------------------------------------------------------------------------------',
  '     | 0x0000000001a00000 | 0x0000000000010000 | 0x0000000001a10000 | 0x0000000000abcdef | 0x0000000000000000',
  '     | 0x0000000001a10000 | 0x0000000000001000 | 0x0000000001a11000 | 0xffff88810a2b3c00 | 0x0000000000010000',
  '     | 0x0000800000000000 | 0x0000000000002000 | 0x0000800000002000 | 0x0000000000000000 | 0x000000000007f000',
  '',
];

test('2023, as xe has it: no regions, no reserved area', () => {
  expect(dumpGpuvas(withMappings(empty('gpuva-2023', null)), pointerOf).split('\n')).toEqual([
    'DRM GPU VA space (Xe VM)',
    '',
    ' VA regions  | start              | range              | end                | sparse',
    '------------------------------------------------------------------------------------',
    ' VA space    | 0x0000000000000000 | 0x0001000000000000 | 0x0001000000000000 |   -',
    '-----------------------------------------------------------------------------------',
    '',
    ...VAS,
  ]);
});

test('2023 with regions: the reserved area among them, ascending', () => {
  let space = createVaSpace(
    {
      name: 'r',
      start: 16,
      range: 256,
      reserved: { addr: 64, range: 16 },
      semantics: 'gpuva-2023',
    },
    true,
  );
  space = done(insertRegion(space, { addr: 128, range: 8, sparse: true }));
  space = done(insertRegion(space, { addr: 16, range: 48, sparse: false }));
  expect(dumpGpuvas(space, pointerOf).split('\n').slice(4, 10)).toEqual([
    ' VA space    | 0x0000000000010000 | 0x0000000000100000 | 0x0000000000110000 |   -',
    '-----------------------------------------------------------------------------------',
    '             | 0x0000000000010000 | 0x0000000000030000 | 0x0000000000040000 | false',
    ' kernel node | 0x0000000000040000 | 0x0000000000010000 | 0x0000000000050000 |   -',
    '             | 0x0000000000080000 | 0x0000000000008000 | 0x0000000000088000 | true',
    '',
  ]);
});

test('6.18: two lines and the mappings', () => {
  expect(dumpGpuvas(withMappings(empty('gpuvm-6.18', null)), pointerOf).split('\n')).toEqual([
    'DRM GPU VA space (Xe VM) [0x0000000000000000;0x0001000000000000]',
    'Kernel reserved node [0x0000000000000000;0x0000000000000000]',
    '',
    ...VAS,
  ]);
  const space = empty('gpuvm-6.18', { addr: 16, range: 4 });
  expect(dumpGpuvas(space, pointerOf).split('\n').slice(1, 6)).toEqual([
    'Kernel reserved node [0x0000000000010000;0x0000000000014000]',
    '',
    VAS[0],
    VAS[1],
    '',
  ]);
});
