/** Why something is refused: for the window that asked, and for the app's log. */
import type { IMErrorCode } from '../../src/index.ts'

/** A code, and what it means here. */
export type Refusal = readonly [code: IMErrorCode, message: string]
