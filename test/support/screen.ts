/** Renders components and counts what they render, with whichever React the test has. */
import { act, createElement, type ReactNode, StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'

/** What hooks gave, render by render. */
export class Screen {
  readonly #root: Root
  readonly #element = document.createElement('div')
  readonly #isStrict: boolean

  constructor({ isStrict = false }: { readonly isStrict?: boolean } = {}) {
    Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
    this.#root = createRoot(this.#element)
    this.#isStrict = isStrict
  }

  /** What is shown, as text. */
  get text(): string {
    return this.#element.textContent ?? ''
  }

  /** Renders, and does something meanwhile. */
  async render(node: ReactNode, meanwhile: () => Promise<unknown> = async () => {}): Promise<void> {
    await act(async () => {
      this.#root.render(this.#isStrict ? createElement(StrictMode, {}, node) : node)
    })
    await this.during(meanwhile)
  }

  /** Lets components follow what happens. */
  async during(happening: () => Promise<unknown>): Promise<void> {
    await act(async () => {
      await happening()
    })
  }

  /** Types into the first field, as a person does: React looks at what the browser's own setter was told. */
  type(text: string): void {
    const input = this.#element.querySelector('input')
    if (!input) throw new Error('There is no field.')
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
    input.dispatchEvent(new Event('input', { bubbles: true }))
  }

  submit(): void {
    this.#element.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
  }

  async unmount(): Promise<void> {
    await act(async () => this.#root.unmount())
  }
}

/** A component that keeps what a hook gave at each render. */
export function probe<T>(use: () => T): { readonly Probe: () => ReactNode; readonly given: T[]; last(): T } {
  const given: T[] = []
  const Probe = () => {
    given.push(use())
    return null
  }
  const last = () => {
    const [value] = given.slice(-1)
    if (value === undefined) throw new Error('Nothing was rendered.')
    return value
  }
  return { Probe, given, last }
}
