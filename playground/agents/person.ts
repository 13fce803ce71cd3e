/** The workspace of the person who plays: it knows the server and the agents, so that commands need name neither. */
import { IMClient, IMError } from 'im-client'
import { fsStorage } from 'im-client/adapters/fs'
import type { Places } from './places.ts'

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  echo: 'answers each message at once',
  employee: 'works through the log file that it is sent, and answers with a summary',
}

/** Makes the workspace, or tells an old one where the server is now. One that is in use is left as it is. */
export async function preparePerson(places: Places, imServerUrl: string, agents: readonly string[]): Promise<void> {
  const client = new IMClient({ storage: fsStorage(places.workspace('you')), agentId: 'you', imServerUrl })
  try {
    for (const contactId of agents) {
      await client.addContact({ contactId, name: contactId, description: DESCRIPTIONS[contactId] ?? '' })
    }
  } catch (error) {
    if (!(error instanceof IMError && error.code === 'STORAGE_LOCKED')) throw error
    console.log(`Your workspace is in use, so it was left as it is: ${error.message}`)
  } finally {
    await client.close()
  }
}
