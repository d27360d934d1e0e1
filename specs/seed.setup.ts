/**
 * Properties draw the same values in every run, so that a commit that passed passes again (decisions/034). Others are
 * drawn with `FENCELAB_SEED=N`, or with `FENCELAB_SEED=random` anew for each property; a failure tells its seed.
 */
import fc from 'fast-check';

const asked = process.env['FENCELAB_SEED'] ?? '1';
if (asked !== 'random') {
  const seed = Number(asked);
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`FENCELAB_SEED is ${asked}: no whole number`);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
