/** Imports run one way, and each package has its place. */
import { describe, expect, test } from 'vitest'
import { importsOf, violations } from './import-rules.ts'
import { parse, sourceFiles } from './source-files.ts'

const files = sourceFiles('src', 'adapters', 'playground', 'test/conformance')

describe('Imports', () => {
  test('run from index over client, messaging, connection and storage, protocol and model to errors', () => {
    expect(violations(files)).toEqual([])
  })

  test('were seen in every part of the house', () => {
    const seen = new Set(files.filter(file => importsOf(file).length > 0).map(({ path }) => path.split('/')[1]))
    for (const part of [
      'messaging',
      'connection',
      'storage',
      'protocol',
      'model',
      'server',
      'fs',
      'node',
      'cli',
      'react',
      'electron',
    ]) {
      expect(seen).toContain(part)
    }
  })

  test.each(['partysocket/ws', 'superjson', '#websocket'])('name %s in exactly one file', specifier => {
    const users = files.filter(file => importsOf(file).some(({ to }) => to === specifier))
    expect(users).toHaveLength(1)
  })
})

describe('The rules of imports refuse', () => {
  test.each([
    ['storage that knows the connection', 'src/storage/a.ts', "import { a } from '../connection/b.ts'"],
    [
      'a connection that knows storage, as a type too',
      'src/connection/a.ts',
      "import type { A } from '../storage/b.ts'",
    ],
    ['a model that knows the protocol', 'src/model/a.ts', "export { a } from '../protocol/b.ts'"],
    ['messaging that knows the client', 'src/messaging/a.ts', "import { IMClient } from '../client.ts'"],
    ['a core that knows its own face', 'src/messaging/a.ts', "import { IMClient } from '../index.ts'"],
    ['a client that knows the server', 'src/client.ts', "import { IMServer } from './server/index.ts'"],
    ['a core that knows an adapter', 'src/client.ts', "import { fsStorage } from '../adapters/fs/index.ts'"],
    ['an import() of what may not be imported', 'src/storage/a.ts', "await import('../connection/b.ts')"],
    ['an import in a type', 'src/storage/a.ts', "type A = import('../connection/b.ts').A"],
    ['an adapter that reaches into the core', 'adapters/fs/a.ts', "import { a } from '../../src/errors.ts'"],
    ['an adapter that knows another', 'adapters/fs/a.ts', "import { a } from '../node/index.ts'"],
    ['a command that reaches into an adapter', 'adapters/cli/a.ts', "import { a } from '../fs/folder.ts'"],
    ['a playground that reaches into the core', 'playground/agents/a.ts', "import { a } from '../../src/client.ts'"],
    ['node in the core', 'src/storage/a.ts', "import { open } from 'node:fs/promises'"],
    ['node in the conformance suite', 'test/conformance/a.ts', "import { open } from 'node:fs/promises'"],
    ['a test runner in the conformance suite', 'test/conformance/a.ts', "import { test } from 'vitest'"],
    ['ws outside its adapter', 'adapters/fs/a.ts', "import { WebSocket } from 'ws'"],
    ['valibot in an adapter that trusts what it is given', 'adapters/react/a.ts', "import * as v from 'valibot'"],
    ['Electron itself', 'adapters/electron/a.ts', "import { ipcMain } from 'electron'"],
    ['an entry of another adapter', 'adapters/node/a.ts', "import { a } from '../electron/main.ts'"],
    ['React outside its adapter', 'adapters/node/a.ts', "import { useState } from 'react'"],
    ['superjson outside the model', 'src/protocol/a.ts', "import { SuperJSON } from 'superjson'"],
    ['a package that no rule names', 'src/model/a.ts', "import leftPad from 'left-pad'"],
  ])('%s', (_, path, text) => {
    expect(violations([parse(path, text)])).toHaveLength(1)
  })

  test('a second file with partysocket', () => {
    const text = "import WebSocket from 'partysocket/ws'"
    expect(violations([parse('src/connection/a.ts', text)])).toHaveLength(0)
    expect(violations([parse('src/connection/a.ts', text), parse('src/connection/b.ts', text)])).toHaveLength(1)
  })
})
