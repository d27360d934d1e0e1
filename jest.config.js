/**
 * Jest runs the TypeScript sources as they are (swc strips the types); `npm run typecheck` checks them. With
 * FENCELAB_SOAK set, the soaks run instead of the specs.
 */
const soak = process.env.FENCELAB_SOAK !== undefined;

export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/specs'],
  testMatch: [soak ? '**/*.soak.ts' : '**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }],
  },
  // by default jest leaves a core free: with two of them that is one process for all
  maxWorkers: '100%',
  // ES modules of past specs are never collected: a worker that has grown is replaced
  workerIdleMemoryLimit: '600MB',
  testTimeout: soak ? 3_600_000 : 120_000,
  setupFilesAfterEnv: ['<rootDir>/specs/seed.setup.ts'],
  reporters: ['default', '<rootDir>/specs/closing-line.reporter.js'],
};
