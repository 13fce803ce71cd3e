/** Every promise of the storage contract, as cases. */
import type { ConformanceCase } from './case.ts'
import { atomicityCases } from './cases/atomicity.ts'
import { copiesCases } from './cases/copies.ts'
import { eventsCases } from './cases/events.ts'
import { keysCases } from './cases/keys.ts'
import { listingCases } from './cases/listing.ts'
import { modelCases } from './cases/model.ts'
import { orderCases } from './cases/order.ts'
import { ownershipCases } from './cases/ownership.ts'
import { persistenceCases } from './cases/persistence.ts'
import { valuesCases } from './cases/values.ts'

/**
 * The suite. Cases are independent of each other and can run in any order; each takes a place of its own.
 *
 * ```ts no-check: an example for a runner that the reader chooses
 * for (const { name, run } of storageConformance) test(name, () => run(subject))
 * ```
 */
export const storageConformance: readonly ConformanceCase[] = [
  ...atomicityCases,
  ...orderCases,
  ...copiesCases,
  ...keysCases,
  ...listingCases,
  ...valuesCases,
  ...eventsCases,
  ...modelCases,
  ...persistenceCases,
  ...ownershipCases,
]
