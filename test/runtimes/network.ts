/** What lies between the clients of a suite and their server: a proxy that programs of any runtime misuse by HTTP. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { FaultProxy } from '../support/fault-proxy.ts'
import { SeededRandom } from '../support/seeded-random.ts'

/** A network that can be harmed. */
export interface Network {
  /** The server's URL by way of it. */
  readonly url: string
  /** Where it is told what to do; see `programs/network-control.ts`. */
  readonly control: string
  close(): Promise<void>
}

/** Puts a network before a server on this machine. */
export async function networkBefore(serverUrl: string): Promise<Network> {
  const proxy = new FaultProxy(Number(new URL(serverUrl).port), new SeededRandom(1))
  await proxy.listen()
  const commands: Readonly<Record<string, () => void>> = {
    '/cut': () => {
      proxy.faults = { refuse: true }
      proxy.cutAll()
    },
    '/swallow': () => proxy.blackHole(),
    '/mend': () => {
      proxy.faults = {}
      proxy.healNew()
    },
  }
  const control = createServer(({ url = '' }, response) => {
    const command = commands[url]
    command?.()
    response.writeHead(command ? 200 : 404).end()
  })
  control.listen(0, '127.0.0.1')
  await once(control, 'listening')
  return {
    url: proxy.url,
    control: `http://127.0.0.1:${(control.address() as AddressInfo).port}`,
    async close() {
      control.close()
      control.closeAllConnections()
      await proxy.close()
    },
  }
}
