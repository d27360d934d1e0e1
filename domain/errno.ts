/** The errnos that the mirrored kernel code returns, by name. Values are Linux's, negative as the kernel returns them. */
export const ERRNO = {
  EPERM: -1,
  ENOENT: -2,
  EINTR: -4,
  EAGAIN: -11,
  ENOMEM: -12,
  EACCES: -13,
  EFAULT: -14,
  EBUSY: -16,
  EEXIST: -17,
  ENODEV: -19,
  EINVAL: -22,
  ENOSPC: -28,
  EPROTO: -71,
  EOPNOTSUPP: -95,
  ENOBUFS: -105,
  ETIME: -62,
  ETIMEDOUT: -110,
  ECANCELED: -125,
  EIO: -5,
  ENOTSUPP: -524,
} as const;

export type ErrnoName = keyof typeof ERRNO;
/** A negative errno. */
export type Errno = (typeof ERRNO)[ErrnoName];

const NAMES = new Map<number, ErrnoName>(
  (Object.entries(ERRNO) as [ErrnoName, Errno][]).map(([name, value]) => [value, name]),
);

/** `-22` -> `EINVAL`; an unknown value as its number. */
export function errnoName(value: number): string {
  return NAMES.get(value) ?? String(value);
}
