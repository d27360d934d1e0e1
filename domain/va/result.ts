/**
 * How a function of domain/va/ says that the kernel would refuse: it returns the errno, a negative
 * number, where it would otherwise return the thing asked for (never itself a number), as the
 * kernel's ERR_PTR does.
 */
import type { Errno } from '../errno.ts';

export type OrErrno<T extends object> = T | Errno;

/** 0, or why not. */
export type Status = 0 | Errno;

/** @example const ops = mapOps(space, request); if (refused(ops)) return ops; */
export const refused = <T extends object>(result: OrErrno<T>): result is Errno =>
  typeof result === 'number';
