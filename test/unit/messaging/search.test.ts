import { afterEach, beforeEach, expect, test } from 'vitest'
import { World } from '../../support/world.ts'

let world: World
beforeEach(async () => {
  world = new World()
  await world.startServer()
})
afterEach(() => world.end())

/** What a client that said these things finds. */
async function searching(texts: readonly string[]) {
  const { client } = await world.join('alice')
  for (const [index, text] of texts.entries()) {
    await client.sendMessage({ to: index % 2 ? 'bob' : 'carol', text })
    await world.pass(1000)
  }
  return async (text: string, options: { limit?: number; conversationId?: string } = {}) => {
    const found = await client.searchMessages({ text, ...options })
    return found.map(message => message.text)
  }
}

test('Search: finds words in any order, and parts of words, newest first', async () => {
  const find = await searching(['the quick brown fox', 'a brown bear', 'quicksilver'])
  expect(await find('brown')).toEqual(['a brown bear', 'the quick brown fox'])
  expect(await find('brown quick')).toEqual(['the quick brown fox'])
  expect(await find('quick')).toEqual(['quicksilver', 'the quick brown fox'])
  expect(await find('zebra')).toEqual([])
  expect(await find('  ')).toEqual([])
})

test('Search: finds Chinese, Japanese and Korean without word boundaries', async () => {
  const find = await searching(['请检查客户端的离线消息', 'ミーティングは東京で', '회의는 내일'])
  expect(await find('离线')).toEqual(['请检查客户端的离线消息'])
  expect(await find('客户端 消息')).toEqual(['请检查客户端的离线消息'])
  expect(await find('東京')).toEqual(['ミーティングは東京で'])
  expect(await find('회의')).toEqual(['회의는 내일'])
})

test('Search: case, accents and width make no difference', async () => {
  const find = await searching(['Le Café', 'ＦＵＬＬ width', 'İstanbul'])
  expect(await find('cafe')).toEqual(['Le Café'])
  expect(await find('CAFÉ')).toEqual(['Le Café'])
  expect(await find('full')).toEqual(['ＦＵＬＬ width'])
  expect(await find('istanbul')).toEqual(['İstanbul'])
})

test('Search: takes the newest up to its limit, over all conversations or in one', async () => {
  const texts = Array.from({ length: 10 }, (_, n) => `word ${n}`)
  const find = await searching(texts)
  expect(await find('word', { limit: 3 })).toEqual(['word 9', 'word 8', 'word 7'])
  expect(await find('word', { conversationId: 'carol', limit: 2 })).toEqual(['word 8', 'word 6'])
  expect(await find('word', { conversationId: 'nobody' })).toEqual([])
})

test('Search: finds what the history shows: what was edited and not what stood there before, nothing that was deleted', async () => {
  const alice = await world.join('alice')
  const bob = await world.join('bob')
  const say = (text: string) => alice.client.sendMessage({ to: 'bob', text })
  const [edited, deleted, kept] = [await say('apples'), await say('apples and pears'), await say('pears')]
  await world.pass()
  for (const { client } of [alice, bob]) expect(await client.searchMessages({ text: 'apples' })).toHaveLength(2)
  await alice.client.editMessage(edited.id, { text: 'oranges' })
  await alice.client.deleteMessage(deleted.id)
  await bob.client.react(kept.id, 'pears')
  await world.pass()
  for (const { client } of [alice, bob]) {
    const find = async (text: string) => (await client.searchMessages({ text, limit: 5 })).map(({ text }) => text)
    expect(await find('apples')).toEqual([])
    expect(await find('oranges')).toEqual(['oranges'])
    expect(await find('pears')).toEqual(['pears'])
  }
})

test('Search: finds what waits to be sent, first, and once when it is accepted meanwhile', async () => {
  const { client } = world.client('alice')
  await client.sendMessage({ to: 'bob', text: 'word 1' })
  await client.sendMessage({ to: 'bob', text: 'word 2' })
  const texts = async () => (await client.searchMessages({ text: 'word' })).map(({ text }) => text)
  expect((await texts()).sort()).toEqual(['word 1', 'word 2'])
  const connecting = client.connect()
  for (let turn = 0; turn < 100; turn++) expect(await texts()).toHaveLength(2)
  await connecting
})
