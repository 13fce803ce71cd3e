/** Where everything of the playground is, and how to say so. */
import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folders and the port. */
export interface Places {
  readonly server: string
  readonly port: number
  /** The built console, where there is one. */
  readonly console: string | undefined
  workspace(name: string): string
}

/** Below IM_DATA, by default `.data` in this folder; the port is IM_PORT, by default 8080. */
export function playgroundPlaces({ IM_DATA = '.data', IM_PORT = '8080' }: NodeJS.ProcessEnv): Places {
  const root = resolve(IM_DATA)
  const built = fileURLToPath(new URL('../console', import.meta.url))
  return {
    server: join(root, 'server'),
    port: Number(IM_PORT),
    console: existsSync(join(built, 'index.html')) ? built : undefined,
    workspace: name => join(root, name),
  }
}

/** What runs, where its files are, and what to type in a second terminal. */
export function describePlaces(places: Places, url: string): string {
  const you = shown(places.workspace('you'))
  const files = (name: string) => join(shown(places.workspace(name)), 'im_client')
  const page = `
Open the console in a browser, sign in, and talk to both agents there:

  ${url}/#/sign-in?as=you&meet=echo,employee
`
  return `${places.console ? page : ''}
server     ${url}   files in ${join(shown(places.server), 'im_server')}
echo       answers each message at once   files in ${files('echo')}
employee   works through its queue        files in ${files('employee')}
you        who types the commands below   files in ${files('you')}

${places.console ? 'Or talk' : 'Talk'} to them from a second terminal, in this folder:

  npx im-client send echo "hello" --expect-reply -w ${quoted(you)}
  npx im-client send employee "count the words of this sentence" --expect-reply -w ${quoted(you)}
  npx im-client send employee - --expect-reply -w ${quoted(you)} < app.log
  npx im-client history echo -w ${quoted(you)}

app.log is any log file of yours: the employee tells how far it is, and answers with a summary. Kill it in the middle
(pkill -9 -f agents/employee.js): it is started again, begins again, and answers once.

Ctrl-C stops everything; what was said stays. Messages that pass by:
`
}

/** A path as it can be typed from here. Never a bare word: that would be the id of a workspace. */
function shown(path: string): string {
  const short = relative('', path)
  if (short.startsWith('..')) return path
  return short.startsWith('.') ? short : `./${short}`
}

function quoted(path: string): string {
  return /^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
