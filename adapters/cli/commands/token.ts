/** `im-client token`: makes tokens for a server on this machine, also while it runs. */
import { type Command, InvalidArgumentError } from 'commander'
import { readTokenKey } from 'im-client/adapters/node'
import { isId } from '../../../src/index.ts'
import { createToken } from '../../../src/server/index.ts'
import type { Context } from '../context.ts'
import { UsageError } from '../exit-code.ts'
import { expandHome, withData, withJson } from '../options.ts'
import { parseDuration } from '../values.ts'

interface TokenOptions {
  readonly data: string
  readonly expires: number
}

const DEFAULT_EXPIRES = '30d'

const EXAMPLES = `
Examples:
  im-client token create alice --data ./data > alice.token
  im-client listen --agent alice --token-file alice.token --server http://127.0.0.1:8080
  IM_TOKEN=$(im-client token create alice --expires 1h) im-client send bob "hello" --agent alice

Prints the token and nothing else. Tokens are signed, not stored: whoever holds one is that account until it expires.`

/** Adds `token` with `create`. */
export function addToken(program: Command, { terminal }: Context): void {
  const token = program.command('token').description('make tokens for a server').addHelpText('after', EXAMPLES)
  withJson(withData(token.command('create').description('make a token for an account, and print it')))
    .argument('<agentId>', 'the account')
    .option('--expires <time>', `how long it holds, or never (default: ${DEFAULT_EXPIRES})`, parseExpiry)
    .addHelpText('after', EXAMPLES)
    .action(async (agentId: string, { data, expires = parseExpiry(DEFAULT_EXPIRES) }: TokenOptions) => {
      if (!isId(agentId) || agentId.startsWith('group-')) {
        throw new UsageError(
          'An account has 1 to 255 characters, no control characters, and does not begin with group-.',
        )
      }
      const expiresAt = Date.now() + expires
      const claims = { agentId, ...(Number.isFinite(expiresAt) ? { expiresAt } : {}) }
      const signed = await createToken(await readTokenKey(expandHome(data)), claims)
      const until = Number.isFinite(expiresAt) ? { expiresAt: new Date(expiresAt).toISOString() } : {}
      terminal.print({ token: signed, agentId, ...until }, signed)
    })
}

function parseExpiry(text: string): number {
  if (text === 'never') return Number.POSITIVE_INFINITY
  const duration = parseDuration(text)
  if (duration > 0) return duration
  throw new InvalidArgumentError('A token holds for some time.')
}
