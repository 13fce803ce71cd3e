import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveIM } from '../../../../../adapters/node/index.ts'
import { Recorder, summary } from '../../../../../playground/console/src/diagnostics/recorder.ts'
import { IMClient, memoryStorage } from '../../../../../src/index.ts'

describe('Recorder', () => {
  it('notes times of acceptance, depths, reconnects and events, and nothing that was said', async () => {
    const storage = memoryStorage()
    const served = await serveIM({ storage })
    const client = new IMClient({ storage: memoryStorage(), agentId: 'you', imServerUrl: served.url })
    const recorder = new Recorder(client)
    const stop = recorder.start()
    onTestFinished(async () => {
      stop()
      await client.close()
      await again.close()
    })
    await client.sendMessage({ to: 'bob', text: 'a secret, written offline' })
    await client.connect()
    const { id } = await client.sendMessage({ to: 'bob', text: 'a secret' })
    await client.waitForStatus(id, 'accepted')
    const port = Number(new URL(served.url).port)
    await served.close()
    const again = await serveIM({ storage: memoryStorage(), port })
    while (recorder.notes.reconnects.length < 2) await pause(20)
    const { accepted, reconnects, outbox, log } = recorder.notes
    expect(accepted).toHaveLength(1) // what was written offline says nothing of the server
    expect(accepted[0]?.value).toBeLessThan(5000)
    expect(reconnects.map(({ value }) => value)).toEqual([0, 1])
    expect(outbox.length).toBeGreaterThan(0)
    const whats = log.filter(({ event }) => event === 'state').map(({ what }) => what)
    expect(whats).toEqual(expect.arrayContaining(['disconnected', 'connecting', 'connected', 'waiting']))
    expect(JSON.stringify(recorder.notes)).not.toContain('a secret')
  })

  it('sums up values, and none', () => {
    const points = [5, 1, 9].map((value, at) => ({ at, value }))
    expect(summary(points)).toEqual({ last: 9, median: 5, max: 9 })
    expect(summary([])).toBeUndefined()
  })
})
