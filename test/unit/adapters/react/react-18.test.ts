// @vitest-environment happy-dom
import { version } from 'react'
import { expect, it, vi } from 'vitest'
import { describeConversation, describeWindow } from './conversation-suite.ts'
import { describeLifetimes } from './lifetime-suite.ts'
import { describeLists } from './lists-suite.ts'

vi.mock('react', async () => (await import('../../../support/react-18.ts')).react)
vi.mock('react-dom/client', async () => (await import('../../../support/react-18.ts')).client)
vi.mock('react-dom/server', async () => (await import('../../../support/react-18.ts')).server)

it('The hooks are tested with React 18', () => expect(version).toMatch(/^18\./))
describeConversation('React 18')
describeWindow('React 18')
describeLists('React 18')
describeLifetimes('React 18')
