/** Why a workspace is not opened. Loaded with the first that does not fit. */
import { IMError } from '../errors.ts'
import { FORMAT_VERSION } from './schema.ts'

/** What is wrong with a workspace of this version and this owner, for this account. */
export function unfit(formatVersion: unknown, owner: unknown, agentId: string | undefined): Error {
  if (Number(formatVersion) > FORMAT_VERSION) {
    return new IMError(
      'WORKSPACE_FORMAT_UNSUPPORTED',
      `The workspace has format ${formatVersion}; this version reads up to ${FORMAT_VERSION}. Update im-client.`,
      { details: { formatVersion } },
    )
  }
  if (agentId === undefined) return new TypeError('A new workspace needs an agentId.')
  return new IMError(
    'WORKSPACE_AGENT_MISMATCH',
    `The workspace belongs to ${owner}, not to ${agentId}. Use that agentId, or another folder.`,
    { details: { owner, agentId } },
  )
}
