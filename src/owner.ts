/** The owner of a workspace: does what a client promises on its parts, for itself and for its views. */
import { type Assembly, assemble } from './assembly.ts'
import type { Backend, BackendMethods, BackendOptions } from './backend.ts'
import { connectAndSync } from './connecting.ts'
import type { OutgoingMessage } from './messaging/composer.ts'

/** Methods of the client by their names, on its parts. */
type Methods = { readonly [Name in keyof BackendMethods]?: (assembly: Assembly, ...args: never[]) => unknown }

type Method = (assembly: Assembly, ...args: readonly unknown[]) => unknown

/** What connecting and sending need. The other methods are loaded when one of them is first called. */
const METHODS: Methods = {
  open: () => {},
  connect: connectAndSync,
  sendMessage: ({ composer }: Assembly, message: OutgoingMessage) => composer.send(message),
}

/** Opens the workspace, as its owner, and lets views in until it is closed. */
export async function own(base: BackendOptions): Promise<Backend> {
  return new Owner(await assemble(base))
}

/** See the head of this file. */
class Owner implements Backend {
  readonly #assembly: Assembly
  #loaded: Methods | undefined
  /** Ends the views. */
  readonly #views: Promise<(() => Promise<void>) | undefined> | undefined

  constructor(assembly: Assembly) {
    this.#assembly = assembly
    const { views } = assembly.workspace.storage
    this.#views =
      views &&
      import('./view/host.ts').then(
        ({ host }) => host(views, { ...assembly, backend: this }),
        () => undefined, // where the part is not there that lets them in, everything else works
      )
  }

  get isInGrace(): boolean {
    return this.#assembly.messaging.isInGrace
  }

  async call(name: keyof BackendMethods, args: readonly unknown[]): Promise<unknown> {
    if (!METHODS[name]) this.#loaded ??= await import('./on-demand.ts')
    const method = (METHODS[name] ?? this.#loaded?.[name]) as Method
    return method(this.#assembly, ...args)
  }

  async close(): Promise<void> {
    await (await this.#views)?.()
    await this.#assembly.close()
  }
}
