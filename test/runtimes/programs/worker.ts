/** Runs a suite in workerd, on a request that says which: answers with what became of each case. */
import { memory } from './memory.ts'
import { type Outcome, runCases } from './outcome.ts'
import { type SuiteOptions, suiteCases } from './suites.ts'

/** What a worker of workerd is. */
const worker = {
  async fetch(request: Request): Promise<Response> {
    const options = (await request.json()) as SuiteOptions
    const outcomes: Outcome[] = []
    await runCases(suiteCases(options, memory), outcome => outcomes.push(outcome))
    return Response.json({ runtime: navigator.userAgent, outcomes })
  },
}

export default worker
