import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Remembered } from '../../../../playground/desktop/remembered.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

describe('What is remembered', () => {
  it('is nothing at first', async () => {
    expect(await new Remembered(join(await temporaryFolder(), 'a', 'desktop.json')).read()).toEqual([])
  })

  it('is which workspaces are signed in, the last used first', async () => {
    const path = join(await temporaryFolder(), 'a', 'desktop.json')
    const first = new Remembered(path)
    for (const name of ['one', 'two', 'three', 'one', 'one']) first.use(name)
    first.forget('two')
    first.forget('nobody')
    await first.written()
    expect(await new Remembered(path).read()).toEqual(['one', 'three'])
  })

  it('is a small number', async () => {
    const path = join(await temporaryFolder(), 'desktop.json')
    const first = new Remembered(path)
    for (let number = 0; number < 50; number++) first.use(`w${number}`)
    await first.written()
    expect(await new Remembered(path).read()).toHaveLength(20)
  })

  it.each(['', '[]', 'null', '{"open":7}', '{"open":["../etc",7,null]}'])('is nothing of %j', async text => {
    const path = join(await temporaryFolder(), 'desktop.json')
    await writeFile(path, text)
    expect(await new Remembered(path).read()).toEqual([])
  })
})
