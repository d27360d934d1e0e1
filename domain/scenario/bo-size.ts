/** How large the kernel makes a BO: VRAM that must be mapped by 64K pages comes in blocks of them. */
import { DEVICES, PAGES_OF_64K } from '../devices.ts';
import { PAGE_BYTES, type U64, u64OfBigint } from '../units.ts';
import type { Scenario } from './schema.ts';

const BLOCK = BigInt(PAGES_OF_64K * PAGE_BYTES);

/** Made in VRAM of a device that maps it by 64K pages (XE_BO_INTERNAL_64K); false for a BO that is not declared. */
export function isIn64K({ device: { flavour }, bos }: Scenario, bo: string): boolean {
  if (flavour === undefined || !DEVICES[flavour].needs64K) return false;
  return bos[bo]?.placement === 'vram';
}

/** Its size in bytes; undefined for a BO that is not declared. */
export function sizeOfBo(scenario: Scenario, bo: string): U64 | undefined {
  const size = scenario.bos[bo]?.size;
  if (size === undefined || !isIn64K(scenario, bo)) return size;
  const whole = ((BigInt(size) + BLOCK - 1n) / BLOCK) * BLOCK;
  // a size that no memory has is reported elsewhere
  return whole < 2n ** 64n ? u64OfBigint(whole) : size;
}
