/** The argument checks of making and closing BOs and queues, row by row and in pairs. */
import {
  checkGemClose,
  checkGemCreate,
  GEM_CLOSE_RULES,
  GEM_CREATE_RULES,
} from '../../../domain/ioctl/gem-check.ts';
import {
  checkQueueCreate,
  checkQueueDestroy,
  QUEUE_CREATE_RULES,
  QUEUE_DESTROY_RULES,
} from '../../../domain/ioctl/queue-check.ts';
import { testTable } from './trips.ts';

const isVm = (vm: string): boolean => vm === 'vm0';

describe('a BO', () => {
  testTable<{ size: string; vm: string | null }>(
    {
      good: { size: '0x1000', vm: 'vm0' },
      trips: [
        { row: 'gem-create-1', errno: 'EINVAL', needs: { size: '0x1800' } },
        { row: 'gem-create-2', errno: 'ENOENT', needs: { vm: 'gone' } },
        { row: 'gem-create-3', errno: 'EINVAL', needs: { size: '0x0' } },
      ],
      check: (request) => checkGemCreate(request, { isVm }),
    },
    GEM_CREATE_RULES.map(({ row }) => row),
    2,
  );

  test('an external one names no VM', () => {
    expect(checkGemCreate({ size: '0xfffffffffffff000', vm: null }, { isVm })).toBeNull();
  });

  testTable<{ isBo: boolean }>(
    {
      good: { isBo: true },
      trips: [{ row: 'gem-close-1', errno: 'EINVAL', needs: { isBo: false } }],
      check: checkGemClose,
    },
    GEM_CLOSE_RULES.map(({ row }) => row),
    0,
  );
});

describe('a queue', () => {
  testTable<{ vm: string; kind: 'exec' | 'bind'; gt: number }>(
    {
      good: { vm: 'vm0', kind: 'exec', gt: 1 },
      trips: [
        { row: 'queue-create-1', errno: 'EINVAL', needs: { gt: 2 } },
        { row: 'queue-create-2', errno: 'ENOENT', needs: { vm: 'gone', kind: 'exec' } },
      ],
      check: (request) => checkQueueCreate(request, { gts: 2, isVm }),
    },
    QUEUE_CREATE_RULES.map(({ row }) => row),
    1,
  );

  test('for binds does not look its VM up', () => {
    const request = { vm: 'gone', kind: 'bind', gt: 0 } as const;
    expect(checkQueueCreate(request, { gts: 1, isVm })).toBeNull();
  });

  testTable<{ isQueue: boolean }>(
    {
      good: { isQueue: true },
      trips: [{ row: 'queue-destroy-1', errno: 'ENOENT', needs: { isQueue: false } }],
      check: checkQueueDestroy,
    },
    QUEUE_DESTROY_RULES.map(({ row }) => row),
    0,
  );
});
