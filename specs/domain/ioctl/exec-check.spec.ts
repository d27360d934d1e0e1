/** The argument checks of exec, row by row and in pairs; and what is looked at under the lock. */
import { ERRNO } from '../../../domain/errno.ts';
import {
  checkExec,
  checkExecLocked,
  EXEC_RULES,
  type ExecView,
} from '../../../domain/ioctl/exec-check.ts';
import { SYNC_RULES } from '../../../domain/ioctl/sync-check.ts';
import { GOOD, type SyncSetup, syncOf, VIEW } from './bind-setup.ts';
import { testTable, type Trip } from './trips.ts';

interface Setup extends SyncSetup {
  readonly extensions: string;
  readonly queue: string;
  readonly batches: number;
  readonly banned: boolean;
  readonly mode: ExecView['vmMode'];
}

const { side, sync, syncobj, point, flags, at } = GOOD;
const good: Setup = {
  ...{ side, sync, syncobj, point, flags, at },
  extensions: '0x0',
  queue: 'q0',
  batches: 1,
  banned: false,
  mode: 'dma-fence',
};

function check(setup: Setup): ReturnType<typeof checkExec> {
  const { extensions, queue, batches, banned, mode } = setup;
  const syncs = [syncOf(setup)];
  const lists = {
    in: setup.side === 'in' ? syncs : [],
    out: setup.side === 'out' ? syncs : [],
  };
  const view = { ...VIEW, vmMode: mode, isBanned: () => banned };
  return checkExec({ extensions, queue, batches, ...lists }, view);
}

const trips: readonly Trip<Setup>[] = [
  { row: 'exec-1', errno: 'EINVAL', needs: { extensions: '0x1' } },
  { row: 'exec-2', errno: 'ENOENT', needs: { queue: 'gone' } },
  { row: 'exec-3', errno: 'EINVAL', needs: { queue: 'b0' } },
  { row: 'exec-4', errno: 'EINVAL', needs: { batches: 2 } },
  { row: 'exec-5', errno: 'ECANCELED', needs: { banned: true } },
  { row: '18a', errno: 'EINVAL', needs: { flags: '0x20' } },
  { row: '18b', errno: 'ENOTSUPP', needs: { sync: 'syncobj', mode: 'fault' } },
  { row: '18c', errno: 'EINVAL', needs: { sync: 'syncobj', point: '0x0' } },
  { row: '18d', errno: 'ENOENT', needs: { sync: 'syncobj', syncobj: 'gone' } },
  { row: '18e', errno: 'EINVAL', needs: { sync: 'syncobj', syncobj: 'empty', side: 'in' } },
  { row: '18f', errno: 'EINVAL', needs: { sync: 'dmaBuf', flags: undefined } },
  { row: '18g', errno: 'ENOTSUPP', needs: { sync: 'userFence', side: 'in' } },
  { row: '18h', errno: 'EINVAL', needs: { sync: 'userFence', at: '0x4' }, beside: { side: 'out' } },
];

const rows = [...EXEC_RULES, ...SYNC_RULES].map(({ row }) => row);
testTable({ good, trips, check }, rows, 61);

test('no batch buffer is as wrong as two', () => {
  expect(check({ ...good, batches: 0 })?.row).toBe('exec-4');
});

test('under the lock the stored error comes before the closed VM', () => {
  const { ENOMEM, EIO } = ERRNO;
  const ask = (vmError: typeof ENOMEM | 0, isClosed: boolean): unknown =>
    checkExecLocked({ vmError, isClosed });
  expect(ask(0, false)).toBeNull();
  expect(ask(ENOMEM, false)).toMatchObject({ row: 'exec-6', error: ENOMEM });
  expect(ask(ENOMEM, true)).toMatchObject({ row: 'exec-6', error: ENOMEM });
  expect(ask(0, true)).toMatchObject({ row: 'exec-7', error: EIO });
});
