/** `im-client contacts`: the contacts of a workspace, without a server. */
import type { Command } from 'commander'
import { type Contact, type ContactDetails, type IMClient, IMError } from '../../../src/index.ts'
import type { Context } from '../context.ts'
import { oneLine } from '../message-text.ts'
import { type WorkspaceOptions, withWorkspace } from '../options.ts'
import { withClient } from '../session.ts'
import type { Terminal } from '../terminal.ts'

type DetailOptions = WorkspaceOptions & ContactDetails

const EXAMPLES = `
Examples:
  im-client contacts add agent_002 --name "助理 Agent" --description "负责数据分析的助理" --workspace bob
  im-client contacts list --workspace bob --json
  im-client contacts show agent_002 --workspace bob`

/** Adds `contacts` with `list`, `show`, `add`, `update` and `remove`. */
export function addContacts(program: Command, context: Context): void {
  const contacts = program.command('contacts').description('keep contacts').addHelpText('after', EXAMPLES)
  const { terminal } = context
  const command = (name: string, description: string) =>
    withWorkspace(contacts.command(name).description(description)).addHelpText('after', EXAMPLES)
  const on = (options: WorkspaceOptions, use: (client: IMClient) => Promise<void>) => withClient(options, context, use)

  command('list', 'list every contact, by id').action((options: WorkspaceOptions) =>
    on(options, client => list(client, terminal)),
  )
  command('show <id>', 'show one contact').action((id: string, options: WorkspaceOptions) =>
    on(options, client => show(client, id, terminal)),
  )
  withDetails(command('add <id>', 'add a contact; one that is there gets the new details')).action(
    (contactId: string, options: DetailOptions) =>
      on(options, async client => print(await client.addContact({ contactId, ...details(options) }), terminal)),
  )
  withDetails(command('update <id>', 'change a contact')).action((id: string, options: DetailOptions) =>
    on(options, async client => print(await client.updateContact(id, details(options)), terminal)),
  )
  command('remove <id>', 'remove a contact, where there is one; its messages stay').action(
    (id: string, options: WorkspaceOptions) => on(options, client => client.removeContact(id)),
  )
}

function withDetails(command: Command): Command {
  return command
    .option('--name <text>', 'what the contact is called')
    .option('--description <text>', 'what the contact is for')
}

function details({ name, description }: DetailOptions): ContactDetails {
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) }
}

async function list(client: IMClient, terminal: Terminal): Promise<void> {
  const contacts = await client.listContacts()
  for (const contact of contacts) print(contact, terminal)
  if (contacts.length === 0) terminal.note('No contacts yet. To add one: im-client contacts add <id>')
}

async function show(client: IMClient, contactId: string, terminal: Terminal): Promise<void> {
  const contact = await client.getContact(contactId)
  if (!contact) throw new IMError('CONTACT_NOT_FOUND', `There is no contact ${contactId}.`, { details: { contactId } })
  print(contact, terminal)
}

function print(contact: Contact, terminal: Terminal): void {
  const { contactId, name, description } = contact
  const about = [name, description].filter(part => part !== undefined).map(oneLine)
  terminal.print(contact, [terminal.style('bold', oneLine(contactId)), ...about].join('  '))
}
