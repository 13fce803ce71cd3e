/**
 * Makes `npx im-client` in this folder run the command that was just built. Without the link npx would install the
 * folder into its cache first, which builds everything once more.
 */
import { chmod, mkdir, symlink } from 'node:fs/promises'

const command = new URL('../dist/adapters/cli/main.js', import.meta.url)
const folder = new URL('../node_modules/.bin/', import.meta.url)

await chmod(command, 0o755)
// Windows needs a wrapper instead of a link: there npx takes the long way.
if (process.platform !== 'win32') {
  await mkdir(folder, { recursive: true })
  await symlink('../../dist/adapters/cli/main.js', new URL('im-client', folder)).catch(error => {
    if (error.code !== 'EEXIST') throw error
  })
}
