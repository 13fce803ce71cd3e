import { expect, test } from 'vitest'
import { endpointUrl } from '../../../src/connection/url.ts'

test.each([
  ['http://im-server:8080', 'ws://im-server:8080/im'],
  ['https://im.example', 'wss://im.example/im'],
  ['ws://localhost:1/', 'ws://localhost:1/im'],
  ['wss://host/base/', 'wss://host/base/im'],
  ['http://host/im', 'ws://host/im'],
  ['http://[::1]:9', 'ws://[::1]:9/im'],
])('URL: %s has its endpoint at %s', (url, endpoint) => {
  expect(endpointUrl(url)).toBe(endpoint)
})

test.each([
  '',
  'im-server:8080',
  'ftp://host',
  'file:///etc/passwd',
  'http://user@host',
  'http://user:secret@host',
  'http://host?token=secret',
  'http://host#secret',
])('URL: %s is refused, and its text is not repeated', url => {
  expect(() => endpointUrl(url)).toThrow(TypeError)
  expect(() => endpointUrl(url)).not.toThrow(/secret/)
})
