import { describe, expect, it } from 'vitest'
import { Arrivals } from '../../../../playground/desktop/arrivals.ts'

function fakeApp() {
  const done: string[] = []
  let ready = () => {}
  const app = {
    start: (conversationId?: string) => {
      done.push(`start ${conversationId}`)
      return new Promise<void>(resolve => (ready = resolve))
    },
    activate: () => void done.push('activate'),
    openConversation: async (conversationId: string) => void done.push(`open ${conversationId}`),
  }
  return { app, done, ready: () => ready() }
}

describe('Links into the app', () => {
  it('are followed when it is ready: the last of those that came before', async () => {
    const { app, done, ready } = fakeApp()
    const arrivals = new Arrivals('bob')
    arrivals.arrive(undefined)
    arrivals.arrive('ada')
    const begun = arrivals.begin(app)
    arrivals.arrive('eve')
    expect(done).toEqual(['start ada'])
    ready()
    await begun
    expect(done).toEqual(['start ada', 'open eve'])
  })

  it('are followed at once later; a start without one shows the app', async () => {
    const { app, done, ready } = fakeApp()
    const arrivals = new Arrivals(undefined)
    const begun = arrivals.begin(app)
    ready()
    await begun
    arrivals.arrive('bob')
    arrivals.arrive(undefined)
    expect(done).toEqual(['start undefined', 'open bob', 'activate'])
  })
})
