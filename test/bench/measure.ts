/** What a benchmark gives: two sides measured in turn in one run, and the ratio of their medians. */

/** What a ratio is to be. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

/** A comparison that was made. */
export interface MeasuredRow {
  readonly what: string
  /** What the other side is. */
  readonly against: string
  readonly unit: string
  readonly ours: number
  readonly other: number
  readonly goal?: Goal
}

/** A comparison that could not be made here. */
export interface SkippedRow {
  readonly what: string
  readonly skipped: string
}

export type Row = MeasuredRow | SkippedRow

/** What a benchmark is run with. */
export interface BenchContext {
  /** A folder of its own, removed after the run. */
  readonly folder: string
  /** Says what is being done. */
  readonly progress: (step: string) => void
}

/** A named group of comparisons. */
export interface Benchmark {
  readonly name: string
  readonly run: (context: BenchContext) => Promise<Row[]>
}

/** Measures one side once. */
export type Side = (round: number) => Promise<number>

/** How two sides are measured. */
export interface AlternateOptions {
  readonly rounds: number
  /** Rounds before them that count for nothing; 1 by default: code that was never run is not what is measured. */
  readonly warmUp?: number
  readonly progress?: (step: string) => void
}

/** Measures the sides in turn, each being first every other time, so that what disturbs the machine disturbs both. */
export async function alternate(ours: Side, other: Side, { rounds, warmUp = 1, progress }: AlternateOptions) {
  const found = { ours: [] as number[], other: [] as number[] }
  for (let round = -warmUp; round < rounds; round++) {
    progress?.(round < 0 ? 'warming up' : `round ${round + 1} of ${rounds}`)
    const order = round % 2 === 0 ? (['ours', 'other'] as const) : (['other', 'ours'] as const)
    for (const side of order) {
      const value = await (side === 'ours' ? ours : other)(round)
      if (round >= 0) found[side].push(value)
    }
  }
  return { ours: median(found.ours), other: median(found.other) }
}

/** The value in the middle; the upper one of two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** How long a step takes, in milliseconds. */
export async function timed(step: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await step()
  return performance.now() - start
}

/** Runs a step `count` times, `workers` of them at once, and gives how many there were each second. */
export async function perSecond(count: number, workers: number, step: (worker: number) => Promise<unknown>) {
  let left = count
  const work = async (worker: number) => {
    while (left-- > 0) await step(worker)
  }
  const elapsedMs = await timed(() => Promise.all(Array.from({ length: workers }, (_, worker) => work(worker))))
  return (count / elapsedMs) * 1000
}
