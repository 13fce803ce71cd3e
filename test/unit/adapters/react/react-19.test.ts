// @vitest-environment happy-dom
import { version } from 'react'
import { expect, it } from 'vitest'
import { describeConversation, describeWindow } from './conversation-suite.ts'
import { describeLifetimes } from './lifetime-suite.ts'
import { describeLists } from './lists-suite.ts'

it('The hooks are tested with React 19', () => expect(version).toMatch(/^19\./))
describeConversation('React 19')
describeWindow('React 19')
describeLists('React 19')
describeLifetimes('React 19')
