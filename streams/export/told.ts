/** The shape of what is told: a line, and a teller for a kind of fact. */
import { errnoName } from '../../domain/errno.ts';
import type { FactOf, FactType } from '../../domain/facts/schema.ts';
import type { StepRecord } from '../world/record.ts';
import type { Story } from './story-state.ts';

/** How a line may be coloured. */
export type Tone = 'plain' | 'bold' | 'dim' | 'good' | 'bad';

export interface StoryLine {
  readonly text: string;
  readonly tone: Tone;
}

export interface ToldFact {
  readonly actor: string;
  readonly text: string;
  readonly tone?: Tone;
}

/** What a fact is worth; the story is the state after it. */
export type Tellers = {
  readonly [K in FactType]?: (
    fact: FactOf<K>,
    record: StepRecord,
    story: Story,
  ) => ToldFact | readonly ToldFact[];
};

export const errorText = (error: number): string =>
  error === 0 ? '' : ` with ${errnoName(error)}`;
