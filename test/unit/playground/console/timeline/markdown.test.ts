/** What others write is data: nothing of it runs, loads or leads astray. */
import i18next from 'i18next'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { initReactI18next } from 'react-i18next'
import { beforeAll, describe, expect, test } from 'vitest'
import en from '../../../../../playground/console/src/i18n/en.json'
import { TextsProvider } from '../../../../../playground/console/src/i18n/use-texts.tsx'
import { MarkdownText } from '../../../../../playground/console/src/timeline/markdown.tsx'

beforeAll(async () => {
  await i18next.use(initReactI18next).init({ lng: 'en', resources: { en: { translation: en } } })
})

const html = (text: string) =>
  renderToStaticMarkup(createElement(TextsProvider, null, createElement(MarkdownText, { text })))
const hrefs = (text: string) => [...html(text).matchAll(/href="([^"]*)"/g)].map(([, href]) => href)

describe('Markdown of others', () => {
  test.each([
    '<img src=x onerror="alert(1)">',
    '<script>alert(1)</script>',
    '<svg onload=alert(1)>',
    '<iframe src="https://example.org"></iframe>',
    '<style>* { display: none }</style>',
    'text <b onclick="alert(1)">bold</b> text',
    '<a href="javascript:alert(1)">x</a>',
  ])('shows %s as text', text => {
    const shown = html(text)
    expect(shown).not.toMatch(/<(img|script|svg|iframe|style|b|a)[\s>]/)
    expect(shown).toContain('&lt;')
  })

  test.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](java\u0000script:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:msgbox)',
    '[x](file:///etc/passwd)',
    '[x](blob:https://example.org/1)',
    '[x](//example.org)',
    '[x](#root)',
    '<javascript:alert(1)>',
    '![x](javascript:alert(1))',
  ])('makes no link of %s', text => {
    expect(hrefs(text)).toEqual([])
  })

  test('turns no letters around, however that is spelt', () => {
    expect(html('\u202egnp.exe &#x202e;gnp.exe ![&#8238;gnp](https://a.example/)')).not.toContain('\u202e')
    expect(html('`a \u2067b\u2069`\n\n```\n/* \u2067 */ c\n```')).not.toMatch(/[\u2067\u2069]/)
    expect(html('*a* \u2067שלום\u2069')).toContain('\u2067שלום\u2069')
  })

  test.each([
    ['[x](https://example.org/a?b=c)', 'https://example.org/a?b=c'],
    ['https://example.org', 'https://example.org'],
    ['[x](mailto:a@example.org)', 'mailto:a@example.org'],
  ])('makes a link of %s that gives nothing away', (text, href) => {
    expect(hrefs(text)).toEqual([href])
    expect(html(text)).toMatch(/rel="noopener noreferrer nofollow"/)
    expect(html(text)).toMatch(/target="_blank"/)
  })

  test('loads no picture, and links to it', () => {
    const shown = html('![a cat](https://example.org/cat.png)')
    expect(shown).not.toContain('<img')
    expect(shown).toContain('href="https://example.org/cat.png"')
    expect(shown).toContain('Picture: a cat')
  })

  test('isolates the text of a link', () => {
    expect(html('[\u202egpj.exe](https://example.org)')).toMatch(/<a[^>]*><bdi>/)
  })

  test('has no headings that would be those of the page', () => {
    expect(html('# One\n\n###### Six')).not.toMatch(/<h\d/)
  })

  test('keeps code as it is, with its language', () => {
    const shown = html('```html\n<b>&amp;</b>\n```')
    expect(shown).toContain('&lt;b&gt;&amp;amp;&lt;/b&gt;')
    expect(shown).toContain('<bdi>html</bdi>')
  })

  test('draws tables and tasks', () => {
    expect(html('| a |\n| - |\n| b |')).toMatch(/<th>a<\/th>/)
    expect(html('- [x] done')).not.toContain('<input')
    expect(html('- [x] done')).toContain('☑')
  })
})
