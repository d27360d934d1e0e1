/**
 * The argument checks of VM_BIND, row by row: a request that trips one row gets that row and its errno, one that trips two
 * gets the earlier. The rows, their errnos and their order stand here once more, as the kernel has them.
 */
import { BIND_RULES, checkBind, MAX_BINDS } from '../../../domain/ioctl/bind-check.ts';
import { BIND_OPS } from '../../../domain/ioctl/bind-request.ts';
import { GOOD, requestOf, type Setup, viewOf } from './bind-setup.ts';
import { type Trip, testTable } from './trips.ts';

const { map, unmap, mapUserptr, restart, unmapAll, prefetch } = BIND_OPS;

/** The row looks at ops of this number only. */
const ofOp = (op: number): Partial<Setup> => ({
  op,
  isPrefetch: op === prefetch,
  isRestart: op === restart,
  isRanged: op !== restart && op !== unmapAll,
  hasOps: true,
});
const noObject = { bo: undefined };
const anyOp = { hasOps: true };
const later = { hasOps: true, isRestart: false };
const row = (
  name: string,
  errno: string,
  needs: Partial<Setup>,
  beside?: Partial<Setup>,
): Trip<Setup> => ({ row: name, errno, needs, ...(beside === undefined ? {} : { beside }) });

const TRIPS: readonly Trip<Setup>[] = [
  row('1a', 'EINVAL', { extensions: '0x1' }),
  row('1b', 'EINVAL', { count: 0, hasOps: false }),
  row('1c', 'EINVAL', { count: MAX_BINDS + 1, hasOps: true }),
  row('3a', 'EINVAL', { hasSecond: true, async: false, ...anyOp }, { count: 1 }),
  row('3b', 'EINVAL', { hasSecond: true, secondAsync: false, ...anyOp }, { count: 1, async: true }),
  row('3c', 'EINVAL', { hasSecond: true, ...ofOp(restart) }, { async: true, secondAsync: true }),
  row('4a', 'EINVAL', { async: false, ...ofOp(unmapAll) }, { hasSecond: false }),
  row('4b', 'EINVAL', { async: false, ...ofOp(prefetch) }, { hasSecond: false }),
  row('5a', 'EINVAL', ofOp(6)),
  row('5b', 'EINVAL', { unknownFlag: true, ...anyOp }),
  row('6a', 'EINVAL', { null: true, bo: 'data', ...anyOp }),
  row('6b', 'EINVAL', { null: true, offset: '0x1000', ...anyOp }, noObject),
  row('6c', 'EINVAL', { null: true, ...ofOp(unmap) }, { ...noObject, offset: '0x0' }),
  row('7a', 'EINVAL', { null: false, ...noObject, ...ofOp(map) }),
  row('7b', 'EINVAL', { ...noObject, ...ofOp(unmapAll) }, { async: true, null: false }),
  row('7c', 'EINVAL', { addr: '0x1800', ...ofOp(unmapAll) }, { async: true, bo: 'data' }),
  row(
    '7d',
    'EINVAL',
    { range: '0x1000', ...ofOp(unmapAll) },
    { async: true, bo: 'data', addr: '0x0' },
  ),
  row('8a', 'EINVAL', { bo: 'data', ...ofOp(mapUserptr) }, { null: false }),
  row('8b', 'EINVAL', { bo: 'data', ...ofOp(prefetch) }, { async: true, null: false }),
  row('9a', 'EINVAL', { region: '0x2', isPrefetch: false, ...anyOp }),
  row('9b', 'EINVAL', { region: '0x2', ...anyOp }, { ...ofOp(prefetch), ...noObject, async: true }),
  row('8c', 'EINVAL', { bo: 'data', ...ofOp(unmap) }, { null: false, region: '0x0' }),
  row('10a', 'EINVAL', { addr: '0x1800', ...anyOp }),
  row('10b', 'EINVAL', { range: '0x0', isRanged: true, ...anyOp }),
  row('11', 'EINVAL', { vm: 'unknown' }),
  row('12', 'ENOENT', { vm: 'closed' }),
  row('13a', 'ENOENT', { queue: 'gone' }),
  row('13b', 'EINVAL', { queue: 'q0' }),
  row('14a', 'ENOTSUPP', { vmAsync: false, hasSecond: false, ...ofOp(restart) }),
  row('14b', 'EINVAL', { side: 'in', hasSecond: false, ...ofOp(restart) }, { vmAsync: true }),
  row(
    '14c',
    'EPROTO',
    { vmInError: false, hasSecond: false, ...ofOp(restart) },
    { vmAsync: true, side: 'none' },
  ),
  row('15', 'ENOTSUPP', { async: false, vmAsync: true, vmInError: false, ...later }),
  row('16a', 'EINVAL', { addr: '0xfffffffff000', range: '0x2000', ...later }),
  row('16b', 'EINVAL', { gtMask: '0x2', ...later }),
  row('17a', 'ENOENT', { bo: 'gone', ...later }),
  row('17b', 'EINVAL', { bo: 'data', offset: '0xf000', ...later }),
  row('17c', 'EINVAL', { bo: 'in64K', ...later }),
  row('18a', 'EINVAL', { flags: '0x20', hasFlags: true, side: 'in', ...later }),
  row('18b', 'ENOTSUPP', { sync: 'syncobj', mode: 'compute', side: 'in', ...later }),
  row('18c', 'EINVAL', { sync: 'syncobj', point: '0x0', side: 'in', ...later }),
  row('18d', 'ENOENT', { sync: 'syncobj', syncobj: 'gone', side: 'in', ...later }),
  row('18e', 'EINVAL', { sync: 'syncobj', syncobj: 'empty', side: 'in', ...later }),
  row('18f', 'EINVAL', { sync: 'dmaBuf', hasFlags: false, ...later }),
  row('18g', 'ENOTSUPP', { sync: 'userFence', side: 'in', ...later }),
  row('18h', 'EINVAL', { sync: 'userFence', at: '0x4', ...later }, { side: 'out' }),
];

testTable(
  { good: GOOD, trips: TRIPS, check: (setup) => checkBind(requestOf(setup), viewOf(setup)) },
  BIND_RULES.map(({ row: name }) => name),
  713,
);
