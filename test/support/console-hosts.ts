/** Where the console runs in the end-to-end tests: the same stories are told of it in each. */
import { ConsolePage, startBrowser } from './console-page.ts'
import { DesktopConsole } from './desktop-console.ts'

/** A place where the console runs. */
export interface ConsoleHost {
  /** Opens the page that a server at this address would give, or proposes. What stands behind the `#` is kept. */
  open(url: string): Promise<ConsolePage>
  /** What the diagnostics say of whose the connection is. */
  readonly connection: string
}

/** A tab of a browser: the page comes from the server, and the client is its own. */
const browser: ConsoleHost = {
  open: async url => await ConsolePage.open(await startBrowser(), url),
  connection: 'Has the connection',
}

/** A window of the desktop app: the page is the app's, and the client is a view over its bridge. */
const desktop: ConsoleHost = {
  open: async url => {
    const { origin, hash } = new URL(url)
    const app = await DesktopConsole.start(await startBrowser(), origin)
    return await app.show(app.world.open[0], hash)
  },
  connection: 'Uses the app’s connection',
}

/** For `describe.each`. */
export const CONSOLE_HOSTS: readonly (readonly [name: string, host: ConsoleHost])[] = [
  ['in a browser', browser],
  ['in the desktop app', desktop],
]
