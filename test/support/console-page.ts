/** The console in a real Chromium, as a person uses it: by what is written on it. */
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright'
import { onTestFinished } from 'vitest'
import { chromiumLaunch } from '../browser/installed.ts'

/** Where screenshots are wanted; below the system's temporary folder otherwise. */
const { IM_SCREENSHOTS } = process.env

/** What a browser is started with, beside what every test needs. */
export interface BrowserSetting {
  readonly locale?: string
  readonly colorScheme?: 'light' | 'dark'
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** A browser with a profile of its own: its pages are tabs that share what is stored. */
export async function startBrowser(setting: BrowserSetting = {}): Promise<BrowserContext> {
  const { locale = 'en-GB', colorScheme = 'light', viewport = { width: 1280, height: 800 } } = setting
  const context = await chromium.launchPersistentContext('', { ...chromiumLaunch(), locale, colorScheme, viewport })
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await shootAll(context, task.name)
    await context.close()
  })
  return context
}

async function shootAll(context: BrowserContext, name: string): Promise<void> {
  for (const [at, page] of context.pages().entries()) {
    await shoot(page, `failed-${name.replaceAll(/\W+/g, '-')}-${at}`)
  }
}

async function shoot(page: Page, name: string): Promise<void> {
  const folder = IM_SCREENSHOTS ?? join(tmpdir(), 'im-client-screenshots')
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** How a page is opened. */
export interface OpeningOptions {
  /** Comes before the page goes to its address. */
  readonly prepare?: (page: Page) => Promise<void>
  /** What the names of its screenshots begin with. */
  readonly shots?: string
}

/** One tab of the console. */
export class ConsolePage {
  readonly page: Page
  /** What the page's policy has stopped, and what went wrong in its scripts. Both are empty when all is well. */
  readonly violations: string[] = []
  readonly errors: string[] = []
  readonly #shots: string

  private constructor(page: Page, shots: string) {
    this.page = page
    this.#shots = shots
    page.on('pageerror', error => this.errors.push(String(error)))
    page.on('console', message => {
      const text = message.text()
      if (/Content.Security.Policy|TrustedHTML/i.test(text)) this.violations.push(text)
    })
  }

  /** Opens an address in a new tab. */
  static async open(
    context: BrowserContext,
    url: string,
    { prepare, shots = '' }: OpeningOptions = {},
  ): Promise<ConsolePage> {
    const tab = new ConsolePage(await context.newPage(), shots)
    await prepare?.(tab.page)
    await tab.page.goto(url)
    return tab
  }

  /** Signs in with what the page proposes, or as somebody else. */
  async signIn(agentId?: string): Promise<void> {
    if (agentId !== undefined) await this.page.getByRole('textbox', { name: 'Account' }).fill(agentId)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await this.page.getByRole('navigation').waitFor()
  }

  /** Looks at this tab: a browser draws nothing in those behind it. */
  async look(): Promise<void> {
    await this.page.bringToFront()
  }

  /** Goes to a screen or a conversation by its address. */
  async go(hash: string): Promise<void> {
    await this.page.evaluate(hash => {
      location.hash = hash
    }, hash)
  }

  /** Says something in the conversation that is open. */
  async say(text: string): Promise<Locator> {
    const field = this.page.getByRole('textbox', { name: 'Message', exact: true })
    await field.fill(text)
    await field.press('Enter')
    return this.page.locator('article[data-own]').filter({ has: this.page.getByText(text, { exact: true }) })
  }

  /** The message that says this and nothing else. */
  message(text: string): Locator {
    return this.page.locator('article[data-message]').filter({ has: this.page.getByText(text, { exact: true }) })
  }

  /** Resolves when a message has this status. */
  async status(message: Locator, status: string): Promise<void> {
    await message.last().locator(`[role="img"][data-status="${status}"]`).waitFor()
  }

  /** Resolves when the connection stands like this. */
  async connection(state: string): Promise<void> {
    await this.page.locator(`[data-state="${state}"]`).first().waitFor()
  }

  /** Writes what is seen to a file. */
  async screenshot(name: string): Promise<void> {
    await shoot(this.page, `${this.#shots}${name}`)
  }
}
