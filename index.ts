/**
 * The library: build or load a scenario, run it, write and read logs, fold them, draw machines. Everything else is
 * internal and may change without notice.
 */
export {
  type Amount,
  ClientBuilder,
  map,
  mapUserptr,
  prefetch,
  raw,
  read,
  restart,
  syncOnly,
  scenario,
  ScenarioBuilder,
  spin,
  unmap,
  unmapAll,
  write,
} from './domain/scenario/builder.ts';
export type { Scenario, ScenarioInput } from './domain/scenario/schema.ts';
export { FencelabError, type ErrorCode } from './domain/errors.ts';
export type { Fact, FactOf, FactType } from './domain/facts/schema.ts';
export { type Choice, enabled } from './streams/world/choice.ts';
export { RunningKey } from './streams/explore/running-key.ts';
export type { StepRecord } from './streams/world/record.ts';
export { inboxOf, outboxOf, paced, run$ } from './streams/world/records.ts';
export { type RunEnd, type RunOptions, runScenario, type Verdict } from './streams/world/run.ts';
export { type Started, startWorld } from './streams/world/start.ts';
export { type Step, step } from './streams/world/step.ts';
export { type WaitGraph, waitGraph, type WaitNode } from './streams/world/wait-graph.ts';
export type { World } from './streams/world/world.ts';
export { openFileSink } from './streams/log/file-sink.ts';
export { openLog, OpenLog } from './streams/log/reader.ts';
export { records$, writeRecords } from './streams/log/records-stream.ts';
export { fileSource } from './streams/log/source.ts';
export { LogWriter } from './streams/log/writer.ts';
export { type Difference, Replayer } from './streams/replay/replay.ts';
export { emptyViews, foldRecord, type Views } from './streams/replay/views.ts';
export { MACHINES } from './machines/index.ts';
