/** A progress bar on one line of standard error; nothing where that is no terminal. */
import type { Terminal } from './terminal.ts'

const WIDTH = 30
/** Redrawing more often shows nothing more. */
const INTERVAL_MS = 100

/** Draws how far something has come. */
export class ProgressBar {
  readonly #terminal: Terminal
  readonly #total: number | undefined
  #drawnAt = 0
  #drawn = false

  /** `total`: where the end is; `undefined` where nobody knows. */
  constructor(terminal: Terminal, total: number | undefined) {
    this.#terminal = terminal
    this.#total = total
  }

  /** Shows a position and a few words, if it is time for it. */
  show(position: number, words: string): void {
    const now = Date.now()
    if (!this.#terminal.isInteractive || now - this.#drawnAt < INTERVAL_MS) return
    this.#drawnAt = now
    this.#drawn = true
    this.#terminal.draw(`\r\u001b[K${this.#bar(position)}${words}`)
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#drawn) this.#terminal.draw('\r\u001b[K')
    this.#drawn = false
  }

  #bar(position: number): string {
    if (!this.#total) return ''
    const share = Math.min(1, position / this.#total)
    const filled = Math.round(share * WIDTH)
    const percent = String(Math.floor(share * 100)).padStart(3)
    return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${percent} %  `
  }
}
