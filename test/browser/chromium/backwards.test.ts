/** In a browser that cannot get records backwards, every promise of a listing is kept. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { storageConformance } from '../../conformance/index.ts'
import { subject } from '../subject.ts'

const store = IDBObjectStore.prototype as { getAllRecords?: unknown }
const { getAllRecords } = store

beforeEach(() => {
  expect(getAllRecords).toBeDefined()
  delete store.getAllRecords
})

afterEach(() => {
  store.getAllRecords = getAllRecords
})

const cases = storageConformance.filter(({ name }) => /listing|limit|pages|bounds/i.test(name))

test('There are such cases', () => expect(cases.length).toBeGreaterThan(4))

for (const { name, run } of cases) test(name, () => run(subject({ durability: 'relaxed' })))
