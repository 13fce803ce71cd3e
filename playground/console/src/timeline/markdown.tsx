/** Markdown that others wrote: data, never a program. No HTML, no pictures from elsewhere, links that lead away safely. */
import { type ComponentProps, memo, type ReactNode, useEffect, useState } from 'react'
import Markdown, { type ExtraProps, type Options } from 'react-markdown'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import { plainName, readable } from '../../../plain-text/direction.ts'
import { useTexts } from '../i18n/use-texts.tsx'
import { SCROLLABLE } from '../scrollable.ts'
import { CodeBlock } from './code-block.tsx'
import classes from './markdown.module.css'

/** What may stand in a message. Everything else is dropped, and HTML is text. */
const SCHEMA: NonNullable<Parameters<typeof rehypeSanitize>[0]> = {
  ...defaultSchema,
  tagNames: [
    ...['p', 'br', 'strong', 'em', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'hr', 'a', 'img', 'input'],
    ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'section', 'sup'],
  ],
  protocols: { href: ['http', 'https', 'mailto'], src: ['http', 'https'] },
}

/** The links that are links; any other is text. */
const LINK = /^(https?:|mailto:)/i

const REMARK: Options['remarkPlugins'] = [remarkGfm]
const TO_HTML: Options['remarkRehypeOptions'] = {
  handlers: { html: (_, node: { value: string }) => ({ type: 'text' as const, value: node.value }) },
}

type Element = NonNullable<ExtraProps['node']>
type Parent = { readonly children: Element['children'] }
type Plugins = NonNullable<Options['rehypePlugins']>

/** Markdown can spell a character in letters, so this comes last. In a program a direction can hide what it does: nothing may turn there. */
function readableTexts() {
  return (tree: Parent) => visit(tree, false)
}

function visit({ children }: Parent, isCode: boolean): void {
  for (const child of children) {
    if (child.type === 'text') child.value = isCode ? plainName(child.value) : readable(child.value)
    if (child.type === 'element') visit(child, isCode || child.tagName === 'code')
  }
}

const SAFE: Plugins = [[rehypeSanitize, SCHEMA], readableTexts]

/** Colours for code are loaded with the first code there is. */
function usePlugins(hasCode: boolean): Plugins {
  const [plugins, setPlugins] = useState(SAFE)
  useEffect(() => {
    if (!hasCode) return
    let left = false
    void import('rehype-highlight').then(({ default: highlight }) => {
      if (!left) setPlugins([...SAFE, [highlight, { detect: false }]])
    })
    return () => {
      left = true
    }
  }, [hasCode])
  return plugins
}

/** A text in Markdown. */
export const MarkdownText = memo(function MarkdownText({ text }: { readonly text: string }) {
  const plugins = usePlugins(/^\s*(```|~~~)/m.test(text))
  return (
    <div className={classes['markdown']}>
      <Markdown
        remarkPlugins={REMARK}
        remarkRehypeOptions={TO_HTML}
        rehypePlugins={plugins}
        components={COMPONENTS}
        urlTransform={url => (LINK.test(url) ? url : '')}
      >
        {text}
      </Markdown>
    </div>
  )
})

function SafeLink({ href, children }: { readonly href?: string | undefined; readonly children?: ReactNode }) {
  if (!href || !LINK.test(href)) return <span>{children}</span>
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow" title={href}>
      <bdi>{children}</bdi>
    </a>
  )
}

/** A picture would tell its server who looks at it, and when: it is a link. */
function PictureLink({ src, alt }: ComponentProps<'img'>) {
  const { t } = useTexts()
  const href = typeof src === 'string' ? src : undefined
  return <SafeLink href={href}>{t('message.picture', { name: readable(alt || href || '') })}</SafeLink>
}

function Checkbox({ checked }: ComponentProps<'input'>) {
  const { t } = useTexts()
  return (
    <span role="img" aria-label={t(checked ? 'message.checked' : 'message.unchecked')} className={classes['checkbox']}>
      {checked ? '☑' : '☐'}
    </span>
  )
}

/** A heading within a message is none of the page. */
function Heading({ children }: { readonly children?: ReactNode }) {
  return <p className={classes['heading']}>{children}</p>
}

/** A wide table scrolls by itself, with the keys too. */
function Table({ children }: { readonly children?: ReactNode }) {
  const { t } = useTexts()
  return (
    <section className={classes['table']} aria-label={t('message.table')} {...SCROLLABLE}>
      <table>{children}</table>
    </section>
  )
}

const COMPONENTS: Options['components'] = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  img: ({ src, alt }) => <PictureLink src={src} alt={alt} />,
  input: ({ checked }) => <Checkbox checked={checked} />,
  pre: ({ node, children }) => (
    <CodeBlock text={textOf(node)} language={languageOf(node)}>
      {children}
    </CodeBlock>
  ),
  table: ({ children }) => <Table>{children}</Table>,
  h1: ({ children }) => <Heading>{children}</Heading>,
  h2: ({ children }) => <Heading>{children}</Heading>,
  h3: ({ children }) => <Heading>{children}</Heading>,
  h4: ({ children }) => <Heading>{children}</Heading>,
  h5: ({ children }) => <Heading>{children}</Heading>,
  h6: ({ children }) => <Heading>{children}</Heading>,
}

function textOf(node: Element | undefined): string {
  if (!node) return ''
  return node.children
    .map(child => (child.type === 'text' ? child.value : child.type === 'element' ? textOf(child) : ''))
    .join('')
}

function languageOf(node: Element | undefined): string | undefined {
  const code = node?.children.find(child => child.type === 'element')
  const names = code?.properties['className']
  const name = Array.isArray(names) ? names.find(name => String(name).startsWith('language-')) : undefined
  return name === undefined ? undefined : String(name).slice('language-'.length)
}
