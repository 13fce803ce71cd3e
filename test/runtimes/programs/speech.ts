/** How the programs of this folder speak to whoever has started them. */
import { versionOf } from './runtime.ts'

/** Says something: one JSON object on a line. Resolves when the system has it. */
export function say(event: string, facts: object = {}): Promise<void> {
  return new Promise(resolve => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`, () => resolve()))
}

/** Says which runtime this is. */
export function introduce(): Promise<void> {
  return say('runtime', versionOf())
}
