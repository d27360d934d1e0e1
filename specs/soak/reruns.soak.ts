/** 1,000 reruns of runs and explorations in 50 processes of four threads: see specs/streams/world/reruns.spec.ts. */
import { casesOf } from '../../bench/reruns/cases.ts';
import { FOLDER, partingsOf, referenceOf, rerunsOf, surroundings } from '../rig/reruns.ts';
import { keep, timed } from './keep.ts';

const PROCESSES = 50;
const RERUNS = 20;
const THREADS = 4;
const SLICE = 4;
/** so many processes at a time */
const AT_ONCE = 2;

test('1,000 reruns of runs and explorations', async () => {
  const cases = casesOf(FOLDER);
  const finding = await timed(async () => {
    const jobs = Array.from({ length: PROCESSES }, (_, n) => ({
      where: surroundings(n),
      reruns: rerunsOf(cases, {
        ...{ from: n * RERUNS, count: RERUNS },
        ...{ slice: SLICE, threads: THREADS },
      }),
    }));
    const asked = new Set(jobs.flatMap(({ reruns }) => reruns.flatMap((rerun) => rerun.cases)));
    const reference = await referenceOf([...asked]);
    const next = jobs.values();
    const work = async (): Promise<void> => {
      for (const { where, reruns } of next) {
        expect([where, await partingsOf(reference, reruns, where)]).toEqual([where, []]);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return (
      `${PROCESSES * RERUNS} reruns in ${PROCESSES} processes of ${THREADS} threads, ` +
      `${PROCESSES * RERUNS * SLICE} courses of ${reference.size} runs and explorations: 0 differ`
    );
  });
  keep('reruns', finding);
});
