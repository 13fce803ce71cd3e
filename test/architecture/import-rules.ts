/** Who may import whom. */
import { posix } from 'node:path'
import ts from 'typescript'
import { placeOf, type SourceText, walk } from './source-files.ts'

/** One import, re-export or `import()` of a file. */
export interface Import {
  readonly place: string
  readonly from: string
  /** The path from the root of a file of this project, or the name of a package. */
  readonly to: string
  readonly own: boolean
}

/** Every import of a file. The house's own names (`im-client/…`) are told as the files that they stand for. */
export function importsOf(file: SourceText): Import[] {
  const found: Import[] = []
  walk(file.syntax, node => {
    const specifier = specifierOf(node)
    if (specifier) found.push({ place: placeOf(file, node), from: file.path, ...resolve(file.path, specifier.text) })
  })
  return found
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  const specifier =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined
  return specifier && ts.isStringLiteral(specifier) ? specifier : undefined
}

const OWN_NAMES: Readonly<Record<string, string>> = {
  'im-client': 'src/index.ts',
  'im-client/server': 'src/server/index.ts',
  'im-client/conformance': 'test/conformance/index.ts',
  'im-client/adapters/electron/main': 'adapters/electron/main.ts',
  'im-client/adapters/electron/preload': 'adapters/electron/preload.ts',
  'im-client/adapters/electron/renderer': 'adapters/electron/renderer.ts',
}

function resolve(from: string, specifier: string): Pick<Import, 'to' | 'own'> {
  if (specifier.startsWith('.')) return { to: posix.join(posix.dirname(from), specifier), own: true }
  const adapter = /^im-client\/adapters\/(\w+)$/.exec(specifier)?.[1]
  const to = adapter ? `adapters/${adapter}/index.ts` : OWN_NAMES[specifier]
  return to ? { to, own: true } : { to: specifier, own: false }
}

/**
 * The part of the house that a file belongs to. A file directly in `src` is a part named after itself, but for those
 * that the client is put together from.
 */
export function partOf(path: string): string {
  const [area = '', name = '', rest] = path.split('/')
  if (area === 'adapters' || area === 'playground') return `${area}/${name}`
  if (area === 'test') return `${area}/${name}`
  if (rest !== undefined) return name
  if (name === 'error-codes.ts') return 'errors'
  if (['api.ts', 'backend.ts', 'options.ts'].includes(name)) return 'api'
  return name === 'index.ts' || name === 'errors.ts' ? name.replace('.ts', '') : 'client'
}

const MODEL = ['model', 'errors']
const PROTOCOL = ['protocol', ...MODEL]

/** What each part of the core may import: everything below it, and nothing beside it. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  index: ['client', 'view', 'api', 'messaging', 'connection', 'storage', ...PROTOCOL],
  client: ['view', 'api', 'messaging', 'connection', 'storage', ...PROTOCOL],
  view: ['api', 'messaging', 'connection', 'storage', ...PROTOCOL],
  api: ['messaging', 'connection', 'storage', ...PROTOCOL], // types only
  messaging: ['connection', 'storage', ...PROTOCOL], // where connection and storage meet
  connection: PROTOCOL,
  storage: PROTOCOL,
  protocol: MODEL,
  model: ['errors'],
  errors: [],
  server: ['storage', ...PROTOCOL],
}

/** What is everybody's: the faces of the core. */
const FACES: ReadonlySet<string> = new Set(['src/index.ts', 'src/server/index.ts'])

/** The command composes: it uses the published adapters as any program would, by their names. */
const COMPOSERS: ReadonlySet<string> = new Set(['adapters/cli'])

/** Where a package may be imported. A `*` at the end stands for anything. */
const PACKAGES: readonly { readonly name: string; readonly places: readonly string[]; readonly files?: number }[] = [
  { name: 'partysocket', places: ['src/connection/'], files: 1 },
  { name: 'superjson', places: ['src/model/'], files: 1 },
  { name: 'tinyqueue', places: ['src/messaging/'], files: 1 },
  {
    name: 'valibot',
    places: ['src/model/', 'src/protocol/', 'src/storage/', 'src/messaging/', 'src/server/', 'adapters/electron/'],
  },
  { name: 'ws', places: ['adapters/node/'] },
  { name: 'idb', places: ['adapters/indexeddb/'] },
  { name: 'commander', places: ['adapters/cli/'] },
  { name: 'electron', places: ['playground/desktop/'] },
  { name: 'react', places: ['adapters/react/', 'playground/console/'] },
  { name: '#websocket', places: ['src/connection/'], files: 1 },
  ...[
    ...['react-dom', '@mantine', '@tabler', 'i18next', 'react-i18next', 'virtua', 'uplot', 'vite', '@vitejs'],
    ...['react-markdown', 'remark-gfm', 'rehype-sanitize', 'rehype-highlight'],
  ].map(name => ({ name, places: ['playground/console/'] })),
]

/** The imports that break a rule, each as a sentence that begins with its place. */
export function violations(files: readonly SourceText[]): string[] {
  const imports = files.flatMap(importsOf)
  const wrong = imports.filter(item => !(item.own ? mayImport(item) : mayUse(item)))
  const crowded = PACKAGES.flatMap(({ name, files: limit }) => {
    const users = new Set(imports.filter(({ to }) => packageOf(to) === name).map(({ from }) => from))
    return limit !== undefined && users.size > limit ? [`${[...users].join(', ')}: ${name} is for ${limit} file`] : []
  })
  return [...wrong.map(({ place, to }) => `${place}: may not import ${to}`), ...crowded]
}

function mayImport({ from, to }: Import): boolean {
  const [own, other] = [partOf(from), partOf(to)]
  if (own === other) return true
  if (from.startsWith('src/')) return to.startsWith('src/') && (CORE[own]?.includes(other) ?? false)
  if (FACES.has(to)) return true
  const isEntry = to === `${other}/index.ts` || Object.values(OWN_NAMES).includes(to)
  const face = isEntry && other.startsWith('adapters/')
  if (from.startsWith('playground/')) return face || other.startsWith('playground/')
  return COMPOSERS.has(own) && face
}

function mayUse({ from, to }: Import): boolean {
  if (to.startsWith('node:')) return !from.startsWith('src/') && !from.startsWith('test/conformance/')
  const rule = PACKAGES.find(({ name }) => name === packageOf(to))
  return rule?.places.some(place => from.startsWith(place)) ?? false
}

function packageOf(specifier: string): string {
  return specifier.split('/')[0] ?? specifier
}
