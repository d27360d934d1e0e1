/** The argument checks of WAIT_USER_FENCE and VM_MADVISE, row by row and in pairs. */
import {
  checkMadvise,
  checkMadviseLocked,
  MADVISE_LOCKED_RULES,
  MADVISE_RULES,
  type MadviseView,
} from '../../../domain/ioctl/madvise-check.ts';
import {
  checkWaitLook,
  checkWaitUserFence,
  WAIT_LOOK_RULES,
  WAIT_USER_FENCE_RULES,
} from '../../../domain/ioctl/wait-user-fence-check.ts';
import { testTable } from './trips.ts';

describe('WAIT_USER_FENCE', () => {
  const captures: Readonly<Record<string, string | null>> = { vm0: '0x7000', bare: null };
  const view = { errorCapture: (vm: string) => captures[vm] };

  testTable<{ addr: string; vmError: string | null }>(
    {
      good: { addr: '0x7008', vmError: null },
      trips: [
        { row: 'wait-1', errno: 'EINVAL', needs: { addr: '0x7004', vmError: null } },
        { row: 'wait-2', errno: 'ENOENT', needs: { vmError: 'gone' } },
        { row: 'wait-3', errno: 'ENOTSUPP', needs: { vmError: 'bare' } },
      ],
      check: (request) => checkWaitUserFence(request, view),
    },
    WAIT_USER_FENCE_RULES.map(({ row }) => row),
    0,
  );

  test('for an error of a VM looks at no address', () => {
    expect(checkWaitUserFence({ addr: '0x1', vmError: 'vm0' }, view)).toBeNull();
  });

  testTable<{ isClosed: boolean; isOver: boolean; isTimedOut: boolean }>(
    {
      good: { isClosed: false, isOver: false, isTimedOut: false },
      trips: [
        { row: 'wait-4', errno: 'ENODEV', needs: { isClosed: true } },
        { row: 'wait-5', errno: 'ETIME', needs: { isOver: false, isTimedOut: true } },
      ],
      check: checkWaitLook,
    },
    WAIT_LOOK_RULES.map(({ row }) => row),
    1,
  );

  test('a value that is there in the last moment is there', () => {
    expect(checkWaitLook({ isClosed: false, isOver: true, isTimedOut: true })).toBeNull();
  });
});

describe('VM_MADVISE', () => {
  testTable<MadviseView & { property: number }>(
    {
      good: { property: 6, vm: 'open', mode: 'fault' },
      trips: [
        { row: 'madvise-1', errno: 'EINVAL', needs: { property: 7 } },
        { row: 'madvise-2', errno: 'EINVAL', needs: { vm: 'unknown' } },
        { row: 'madvise-3', errno: 'ENOENT', needs: { vm: 'closed' } },
        { row: 'madvise-4', errno: 'EINVAL', needs: { mode: 'compute' } },
      ],
      check: ({ property, ...view }) => checkMadvise({ property, value: '0x0' }, view),
    },
    MADVISE_RULES.map(({ row }) => row),
    5,
  );

  type Bo = 'vram' | 'system' | 'none';
  testTable<{ property: number; value: string; bo: Bo }>(
    {
      good: { property: 0, value: '0x1', bo: 'vram' },
      trips: [
        { row: 'madvise-5', errno: 'EINVAL', needs: { bo: 'none' } },
        { row: 'madvise-6', errno: 'EINVAL', needs: { property: 2, value: '0x200000002' } },
        {
          row: 'madvise-7',
          errno: 'EINVAL',
          needs: { property: 2, value: '0x200000001' },
        },
        { row: 'madvise-8', errno: 'EINVAL', needs: { property: 3, bo: 'vram' } },
        { row: 'madvise-9', errno: 'EINVAL', needs: { property: 4, bo: 'system' } },
        { row: 'madvise-10', errno: 'EINVAL', needs: { property: 5, value: '0x3' } },
        { row: 'madvise-11', errno: 'EPERM', needs: { property: 5, value: '0x2' } },
      ],
      check: ({ property, value, bo }) =>
        checkMadviseLocked({ property, value }, { gts: 2, placements: bo === 'none' ? [] : [bo] }),
    },
    MADVISE_LOCKED_RULES.map(({ row }) => row),
    4,
  );

  test.each([
    [0, '0x0', null],
    [0, '0x2', 'madvise-6'],
    [1, '0x1', null],
    [1, '0x2', 'madvise-7'],
    [2, '0x100000001', null],
    [2, '0x200000001', 'madvise-7'],
    [2, '0x200000002', 'madvise-6'],
    [3, '0x1', 'madvise-8'],
    [4, '0x1', 'madvise-9'],
    [5, '0x1', null],
    [5, '0x2', 'madvise-11'],
    [5, '0xffffffffffffffff', 'madvise-10'],
    [6, '0xffff', null],
  ])('property %d with %s on two GTs and BOs of both kinds: %s', (property, value, row) => {
    const view = { gts: 2, placements: ['system', 'vram'] as const };
    expect(checkMadviseLocked({ property, value }, view)?.row ?? null).toBe(row);
  });
});
