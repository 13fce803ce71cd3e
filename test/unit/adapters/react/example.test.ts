// @vitest-environment happy-dom
import { readFileSync } from 'node:fs'
import * as hooks from 'im-client/adapters/react'
import * as React from 'react'
import * as jsxRuntime from 'react/jsx-runtime'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { Screen } from '../../../support/screen.ts'
import { World } from '../../../support/world.ts'

/** What the document shows, run. */
function example(): { readonly App: React.FunctionComponent<React.ComponentProps<typeof hooks.IMClientProvider>> } {
  const [, code = ''] = /```tsx\n([\s\S]*?)```/.exec(readFileSync('docs/react.md', 'utf8')) ?? []
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, jsx: ts.JsxEmit.ReactJSX, target: ts.ScriptTarget.ES2022 },
  })
  const packages: Readonly<Record<string, unknown>> = {
    react: React,
    'react/jsx-runtime': jsxRuntime,
    'im-client/adapters/react': hooks,
  }
  const exports = {}
  new Function('require', 'exports', outputText)((name: string) => packages[name], exports)
  return exports as ReturnType<typeof example>
}

it('The example of the hooks shows messages and sends one', async () => {
  const world = new World()
  await world.startServer()
  const { client } = await world.join('alice')
  const other = await world.join('agent_002')
  const screen = new Screen()
  await screen.render(React.createElement(example().App, { client }), () => world.pass(10))
  expect(screen.text).toBe('connected')
  await screen.during(async () => {
    await other.client.sendMessage({ to: 'alice', text: 'hello' })
    await world.passSteps(3, 10)
  })
  expect(screen.text).toBe('connectedagent_002: hello (delivered)')
  await screen.during(async () => screen.type('hi'))
  await screen.during(async () => {
    screen.submit()
    await world.passSteps(3, 10)
  })
  expect(screen.text).toContain('alice: hi (delivered)')
  expect((await other.client.getConversationHistory({ contactId: 'alice' })).map(({ text }) => text)).toContain('hi')
  await screen.unmount()
  await world.end()
})
