/** Runs a suite in a process of Node, Bun or Deno, tells of each case, and ends by itself. */
import { files } from './files.ts'
import { memory } from './memory.ts'
import { runCases } from './outcome.ts'
import { introduce, say } from './speech.ts'
import { type SuiteOptions, suiteCases } from './suites.ts'

const options = JSON.parse(process.argv[2] ?? '') as SuiteOptions
const cases = suiteCases(options, options.storage === 'files' ? files : memory)
await introduce()
await say('cases', { names: cases.map(({ name }) => name) })
await runCases(cases, outcome => void say('outcome', outcome))
await say('end')
