/** The checks of docs/vm-bind.md in words. */
import { ALL_RULES } from '../../domain/ioctl/all-rules.ts';

const RULES = Object.values(ALL_RULES).flat();
const CHECKS = new Map(RULES.map(({ row, what }) => [row, what]));

/** The check that refused an ioctl. */
export function checkText(row: string): string {
  const what = CHECKS.get(row);
  return what === undefined ? `check ${row}` : `check ${row}: ${what}`;
}
