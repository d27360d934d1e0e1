/**
 * DEV_QUERY: what the device says of itself. Mirrors panthor_drv.c (panthor_ioctl_dev_query) with MMU_INFO of the series
 * for repeated mappings; a driver that does not know the question gives EINVAL.
 */
import { driverOf, hasSparse } from '../../domain/driver/drivers.ts';
import { ERRNO, errnoName } from '../../domain/errno.ts';
import type { Step } from '../../domain/scenario/schema.ts';
import type { Outcome } from '../contract/effects.ts';
import type { SharedReader } from '../shared/reader.ts';
import { type ClientContext, endStep, judged } from './context.ts';

export function answerQuery(
  context: ClientContext,
  { what, expect }: Extract<Step, { query: unknown }>['query'],
  { device }: SharedReader,
): Outcome<ClientContext> {
  const driver = driverOf(device.profile);
  const isKnown =
    driver?.profile === 'panthor' &&
    device.driver !== null &&
    hasSparse(driver, device.driver.version);
  const actual = isKnown
    ? `0x${(device.driver?.pageSizes ?? 0).toString(16)}`
    : errnoName(ERRNO.EINVAL);
  return endStep(context, isKnown ? 0 : ERRNO.EINVAL, judged(context, what, expect, actual));
}
