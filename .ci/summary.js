/** Prints the counts of a Vitest JSON report as one line. Fails where there is no report: no test was run then. */
import { readFileSync } from 'node:fs'

const text = readFileSync(process.argv[2] ?? '', 'utf8')
if (text === '') {
  console.log('0 passed, 1 failed')
  process.exit(1)
}
const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(text)
// A file that cannot be loaded fails as a suite without a single test of its own.
const failed = numFailedTests === 0 && !success ? Math.max(1, numFailedTestSuites) : numFailedTests
console.log(`${numPassedTests} passed, ${failed} failed`)
