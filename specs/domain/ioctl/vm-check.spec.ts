/** The argument checks of VM create and destroy, row by row and in pairs. */
import {
  checkVmCreate,
  checkVmDestroy,
  VM_CREATE_RULES,
  VM_DESTROY_RULES,
  vmCreateRequest,
  type VmDestroyView,
} from '../../../domain/ioctl/vm-check.ts';
import { testTable, type Trip } from './trips.ts';

interface Setup {
  readonly unknown: boolean;
  readonly scratch: boolean;
  readonly compute: boolean;
  readonly async: boolean;
  readonly fault: boolean;
  readonly capture: string | null;
  readonly faultVms: number;
  readonly otherVms: number;
  readonly supportsFaults: boolean;
}

const good: Setup = {
  unknown: false,
  scratch: false,
  compute: false,
  async: true,
  fault: false,
  capture: '0x7000',
  faultVms: 0,
  otherVms: 0,
  supportsFaults: true,
};
const trips: readonly Trip<Setup>[] = [
  { row: 'vm-create-1', errno: 'EINVAL', needs: { unknown: true } },
  { row: 'vm-create-2', errno: 'EINVAL', needs: { scratch: true, fault: true } },
  { row: 'vm-create-3', errno: 'EINVAL', needs: { compute: true, fault: true } },
  { row: 'vm-create-4', errno: 'EINVAL', needs: { fault: true, otherVms: 1 } },
  { row: 'vm-create-5', errno: 'EINVAL', needs: { fault: false, faultVms: 1 } },
  { row: 'vm-create-6', errno: 'EINVAL', needs: { fault: true, supportsFaults: false } },
  { row: 'vm-create-7', errno: 'EINVAL', needs: { capture: '0x0' } },
  { row: 'vm-create-8', errno: 'ENOTSUPP', needs: { async: false } },
];

function check(setup: Setup): ReturnType<typeof checkVmCreate> {
  const bit = (on: boolean, value: number): number => (on ? value : 0);
  const flags =
    bit(setup.scratch, 1) |
    bit(setup.compute, 2) |
    bit(setup.async, 4) |
    bit(setup.fault, 8) |
    bit(setup.unknown, 16);
  return checkVmCreate({ flags: `0x${flags.toString(16)}`, errorCapture: setup.capture }, setup);
}

describe('create', () => {
  const rows = VM_CREATE_RULES.map(({ row }) => row);
  testTable({ good, trips, check }, rows, 24);

  const empty = { faultVms: 0, otherVms: 0, supportsFaults: true };
  const plain = {
    async: false,
    semantics: 'gpuva-2023',
    mode: 'dma-fence',
    scratch: false,
  } as const;

  test.each([
    [{}, '0x0', null],
    [{ async: true }, '0x4', null],
    [{ scratch: true }, '0x1', null],
    [{ mode: 'compute', scratch: true, async: true }, '0x7', null],
    [{ mode: 'fault' }, '0x8', null],
    [{ mode: 'fault', scratch: true }, '0x9', 'vm-create-2'],
    [{ mode: 'fault', flags: '0x2' }, '0xa', 'vm-create-3'],
    [{ flags: '0x10' }, '0x10', 'vm-create-1'],
    [{ flags: '0x80000000' }, '0x80000000', 'vm-create-1'],
    [{ errorCapture: '0x8' }, '0x0', 'vm-create-8'],
    [{ errorCapture: '0x0', async: true }, '0x4', 'vm-create-7'],
    [{ errorCapture: '0x8', async: true }, '0x4', null],
  ] as const)('%j as declared: flags %s, %s', (change, flags, row) => {
    const request = vmCreateRequest({ ...plain, ...change });
    expect(request.flags).toBe(flags);
    expect(checkVmCreate(request, empty)?.row ?? null).toBe(row);
  });

  test('VMs of one kind may be many', () => {
    expect(check({ ...good, otherVms: 5 })).toBeNull();
    expect(check({ ...good, fault: true, faultVms: 5 })).toBeNull();
  });
});

describe('destroy', () => {
  const open: VmDestroyView = { vm: 'open', mode: 'compute', queues: 0 };
  testTable(
    {
      good: open,
      trips: [
        { row: 'vm-destroy-1', errno: 'ENOENT', needs: { vm: 'unknown' } },
        { row: 'vm-destroy-2', errno: 'EBUSY', needs: { mode: 'compute', queues: 1 } },
      ],
      check: checkVmDestroy,
    },
    VM_DESTROY_RULES.map(({ row }) => row),
    1,
  );

  test('other modes do not count their queues', () => {
    expect(checkVmDestroy({ vm: 'open', mode: 'dma-fence', queues: 1 })).toBeNull();
    expect(checkVmDestroy({ vm: 'open', mode: 'fault', queues: 1 })).toBeNull();
  });
});
