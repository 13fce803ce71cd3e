/** The package, as somebody gets it who installs it: packed, installed in a fresh folder, imported and compiled. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entryPoints } from './exports.ts'
import { ROOT } from './source-files.ts'

const run = promisify(execFile)

/** Installing is as slow as the disk and the registry's cache are. */
const INSTALL_MS = 240_000

/** What is run by its path and never imported. */
const SCRIPTS = ['./adapters/electron/preload.cjs']

const names = [...entryPoints().keys()]
let folder = ''
let tarball = ''

/** Runs a tool of the project's own; what it prints is part of the error where it fails. */
async function tool(name: string, ...parameters: string[]): Promise<string> {
  const { stdout } = await run(join(ROOT, 'node_modules/.bin', name), parameters, { cwd: folder })
  return stdout
}

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist/src/index.js'))) throw new Error('There is no build: run "npm run build" first.')
  folder = await mkdtemp(join(tmpdir(), 'im-client-package-'))
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT })
  tarball = join(folder, (await readdir(folder)).find(name => name.endsWith('.tgz')) ?? 'no tarball')
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  await run('npm', ['install', tarball, '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder })
  await lend('react') // an optional peer, of the hooks
}, INSTALL_MS)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('The package', () => {
  test('holds what was built, the schema of the protocol and nothing of the workshop', async () => {
    const { stdout } = await run('tar', ['-tzf', tarball])
    const files = stdout.trim().split('\n')
    expect(files).toEqual(expect.arrayContaining(['package/LICENSE', 'package/README.md', 'package/dist/src/index.js']))
    expect(files).toContain('package/docs/protocol.schema.json')
    const allowed =
      /^package\/(package\.json|LICENSE|README\.md|docs\/protocol\.schema\.json|dist\/(src|adapters|command|test\/conformance)\/)/
    expect(files.filter(file => !allowed.test(file))).toEqual([])
  })

  test('can be imported, every entry point of it', async () => {
    const count = (name: string) => `process.stdout.write(Object.keys(await import('${name}')).length + '\\n')`
    const program = names.map(count).join('\n')
    await writeFile(join(folder, 'import.js'), program)
    const { stdout } = await run(process.execPath, ['import.js'], { cwd: folder })
    const counts = stdout.trim().split('\n').map(Number)
    expect(counts).toHaveLength(names.length)
    for (const count of counts) expect(count).toBeGreaterThan(0)
  })

  test(
    'gives the command',
    async () => {
      const { stdout } = await run('npx', ['--no-install', 'im-client', '--help'], { cwd: folder })
      expect(stdout).toContain('serve')
    },
    INSTALL_MS,
  )

  test.each([
    { module: 'NodeNext', moduleResolution: 'NodeNext' },
    { module: 'ESNext', moduleResolution: 'Bundler' },
  ])(
    'has types for $moduleResolution',
    async resolution => {
      const imports = names.map((name, index) => `import * as part${index} from '${name}'`)
      const uses = [
        "import { IMClient, memoryStorage, type Message } from 'im-client'",
        "const client = new IMClient({ storage: memoryStorage(), agentId: 'agent_001' })",
        "export const sent: Promise<Message> = client.sendMessage({ to: 'agent_002', text: '你好' })",
        `export const parts = [${names.map((_, index) => `part${index}`).join(', ')}]`,
        '// @ts-expect-error: a message needs a text',
        "void client.sendMessage({ to: 'agent_002' })",
      ]
      await lend('@types/node', '@types/ws', '@types/react')
      await writeFile(join(folder, 'consumer.ts'), [...imports, ...uses].join('\n'))
      const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', types: ['node'], ...resolution }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
      await expect(tool('tsc', '-p', '.')).resolves.toBe('')
    },
    INSTALL_MS,
  )

  test(
    'satisfies publint',
    async () => {
      await expect(tool('publint', tarball, '--strict')).resolves.toContain('All good')
    },
    INSTALL_MS,
  )

  test(
    'satisfies are-the-types-wrong',
    async () => {
      const options = ['--profile', 'esm-only', '--no-emoji', '--format', 'ascii']
      const printed = await tool('attw', tarball, ...options, '--exclude-entrypoints', ...SCRIPTS)
      expect(printed.match(/^node16 \(from ESM\): OK/gm)).toHaveLength(names.length + 1) // and package.json
    },
    INSTALL_MS,
  )
})

/** Packages that a program has of its own are lent to it, because a registry may be out of reach. */
async function lend(...packages: string[]): Promise<void> {
  for (const name of packages) {
    const place = join(folder, 'node_modules', name)
    if (existsSync(place)) continue
    await mkdir(dirname(place), { recursive: true })
    await symlink(join(ROOT, 'node_modules', name), place, 'dir')
  }
}
