/** What becomes of a case, in words that cross from one process to another. */

/** One promise, and how to find out whether it is kept. */
export interface Case {
  /** The promise, as a sentence. */
  readonly name: string
  /** Rejects where the promise is not kept. */
  run(): Promise<void>
}

/** What became of one case. */
export interface Outcome {
  readonly name: string
  readonly passed: boolean
  /** Why it did not pass. */
  readonly error?: string
}

/** Longer than any case takes on a busy machine, in milliseconds. */
const CASE_TIMEOUT_MS = 60_000

/** Runs cases one after the other, and tells of each as it ends. A case that fails does not stop the next. */
export async function runCases(cases: readonly Case[], tell: (outcome: Outcome) => void): Promise<void> {
  for (const item of cases) tell(await outcomeOf(item))
}

async function outcomeOf({ name, run }: Case): Promise<Outcome> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took more than ${CASE_TIMEOUT_MS} ms.`)), CASE_TIMEOUT_MS)
  })
  try {
    await Promise.race([run(), late])
    return { name, passed: true }
  } catch (error) {
    return { name, passed: false, error: describe(error) }
  } finally {
    clearTimeout(timer)
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : ` (cause: ${describe(error.cause)})`
  return `${error.stack ?? error.message}${cause}`
}

/** @throws Error that names both, where two values differ as JSON */
export function same(actual: unknown, wanted: unknown, what: string): void {
  const [found, expected] = [JSON.stringify(actual), JSON.stringify(wanted)]
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`)
}
