/** Runs something that yields now and then to its end, for who neither watches nor leaves. */
export function ended<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
