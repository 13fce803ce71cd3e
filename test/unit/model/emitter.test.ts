import { describe, expect, it } from 'vitest'
import { Emitter } from '../../../src/model/emitter.ts'

interface Events {
  readonly told: string
}

function emitter() {
  return new Emitter<Events>(error => {
    throw error
  })
}

describe('Emitter', () => {
  it('is heard from the first listener on until the last is taken back', () => {
    const events = emitter()
    expect(events.isHeard('told')).toBe(false)
    const first = events.on('told', () => {})
    const second = events.on('told', () => {})
    first()
    expect(events.isHeard('told')).toBe(true)
    second()
    expect(events.isHeard('told')).toBe(false)
  })

  it('keeps a listener when one that came before all is taken back twice', () => {
    const events = emitter()
    const heard: string[] = []
    const takeBack = events.on('told', () => {})
    takeBack()
    events.on('told', text => heard.push(text))
    takeBack()
    events.emit('told', 'news')
    expect(heard).toEqual(['news'])
  })

  it('tells a function as often as it listens', () => {
    const events = emitter()
    const heard: string[] = []
    const listener = (text: string) => heard.push(text)
    events.on('told', listener)
    const takeBack = events.on('told', listener)
    events.emit('told', 'twice')
    takeBack()
    events.emit('told', 'once')
    expect(heard).toEqual(['twice', 'twice', 'once'])
  })

  it('reports what a listener threw, and tells the others all the same', () => {
    const reported: unknown[] = []
    const heard: string[] = []
    const events = new Emitter<Events>(error => reported.push(error))
    const fault = new Error('thrown by a listener')
    events.on('told', () => {
      throw fault
    })
    events.on('told', text => heard.push(text))
    events.emit('told', 'news')
    expect({ reported, heard }).toEqual({ reported: [fault], heard: ['news'] })
  })

  it('reports what an async listener rejects with, once', async () => {
    const reported: unknown[] = []
    const events: Emitter<Events> = new Emitter(error => {
      reported.push(error)
      events.emit('told', 'a fault') // heard by the same listener, which fails again
    })
    const fault = new Error('rejected by a listener')
    let heard = 0
    const both = new Promise<void>(resolve => {
      events.on('told', async () => {
        if (++heard === 2) resolve()
        throw fault
      })
    })
    events.emit('told', 'news')
    await both
    await new Promise(setImmediate)
    expect({ reported, heard }).toEqual({ reported: [fault], heard: 2 })
  })
})
