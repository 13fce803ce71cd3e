/** The suites by name. */
import { type ConformanceSubject, storageConformance } from 'im-client/conformance'
import type { Scene } from './agents.ts'
import { conversationCases } from './conversation.ts'
import type { Case } from './outcome.ts'

/** What a suite is to be run on, as JSON. */
export interface SuiteOptions extends Scene {
  readonly suite: 'conformance' | 'conversation'
  readonly storage: 'memory' | 'files'
}

/** The cases of a suite over a storage. */
export function suiteCases(options: SuiteOptions, subject: ConformanceSubject): readonly Case[] {
  if (options.suite === 'conversation') return conversationCases(options, subject)
  return storageConformance.map(({ name, run }) => ({ name, run: () => run(subject) }))
}
