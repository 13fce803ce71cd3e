/** The icon beside the clock: a speech bubble, and how many messages are unread. Drawn here, so that every number has one. */
import { encodePng } from './png.ts'
import { badgeText } from './unread.ts'

/** Red, green, blue. */
type Colour = readonly [number, number, number]

/** Whether a point is within a shape. The icon is 1 wide and 1 high, its origin is above on the left. */
type Shape = (x: number, y: number) => boolean

const BUBBLE: Colour = [79, 70, 229]
const BADGE: Colour = [220, 38, 38]
const INK: Colour = [255, 255, 255]

/** How often each pixel is looked at, along each side, for smooth edges. */
const SAMPLES = 4

/** Three columns and five rows of bits for each sign, the first row highest. */
const SIGNS: Readonly<Record<string, number>> = {
  '0': 0b111_101_101_101_111,
  '1': 0b010_110_010_010_111,
  '2': 0b111_001_111_100_111,
  '3': 0b111_001_111_001_111,
  '4': 0b101_101_111_001_001,
  '5': 0b111_100_111_001_111,
  '6': 0b111_100_111_101_111,
  '7': 0b111_001_010_010_010,
  '8': 0b111_101_111_101_111,
  '9': 0b111_101_111_001_111,
  '+': 0b000_010_111_010_000,
}
const COLUMNS = 3
const ROWS = 5

/** The icon as a PNG of `size` times `size` pixels. */
export function trayIcon(unread: number, size: number): Buffer {
  const layers = layersOf(badgeText(unread))
  const pixels = new Uint8Array(size * size * 4)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) pixels.set(pixelAt(layers, { x, y, size }), (y * size + x) * 4)
  }
  return encodePng({ width: size, height: size, pixels })
}

interface Layer {
  readonly shape: Shape
  readonly colour: Colour
}

/** From the one behind to the one before. */
function layersOf(text: string): Layer[] {
  const bubble = { shape: text === '' ? wholeBubble : cutBubble(text), colour: BUBBLE }
  if (text === '') return [bubble, { shape: dots, colour: INK }]
  return [bubble, { shape: badge(text, 0), colour: BADGE }, { shape: signs(text), colour: INK }]
}

const wholeBubble: Shape = (x, y) =>
  rounded({ left: 0.06, top: 0.1, right: 0.94, bottom: 0.74 }, 0.2)(x, y) ||
  (y >= 0.7 && y <= 0.95 && x >= 0.22 && x <= 0.22 + (0.95 - y) * 1.1)

const dots: Shape = (x, y) => [0.3, 0.5, 0.7].some(at => Math.hypot(x - at, y - 0.42) <= 0.07)

/** A gap around the badge, so that it stands out on any background. */
function cutBubble(text: string): Shape {
  const gap = badge(text, 0.05)
  return (x, y) => wholeBubble(x, y) && !gap(x, y)
}

function badge(text: string, margin: number): Shape {
  const { left, top, right, bottom } = badgeBox(text)
  return rounded({ left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin }, 0.24)
}

/** Below on the right, wider for more signs. */
function badgeBox(text: string): Box {
  return { left: 0.98 - Math.min(0.96, 0.36 + 0.22 * text.length), top: 0.4, right: 1, bottom: 1 }
}

function signs(text: string): Shape {
  const { left, top, right, bottom } = badgeBox(text)
  const columns = text.length * (COLUMNS + 1) - 1
  const cell = Math.min((right - left - 0.14) / columns, (bottom - top - 0.18) / ROWS)
  const originX = (left + right - columns * cell) / 2
  const originY = (top + bottom - ROWS * cell) / 2
  return (x, y) => {
    const column = Math.floor((x - originX) / cell)
    const row = Math.floor((y - originY) / cell)
    const sign = SIGNS[text[Math.floor(column / (COLUMNS + 1))] ?? ''] ?? 0
    const within = column % (COLUMNS + 1)
    if (column < 0 || row < 0 || row >= ROWS || within >= COLUMNS) return false
    return ((sign >> ((ROWS - 1 - row) * COLUMNS + (COLUMNS - 1 - within))) & 1) === 1
  }
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function rounded({ left, top, right, bottom }: Box, radius: number): Shape {
  return (x, y) => {
    const dx = Math.max(left + radius - x, x - (right - radius), 0)
    const dy = Math.max(top + radius - y, y - (bottom - radius), 0)
    return x >= left && x <= right && y >= top && y <= bottom && Math.hypot(dx, dy) <= radius
  }
}

/** The mean of the colours within a pixel, and how much of it is covered. */
function pixelAt(layers: readonly Layer[], { x, y, size }: { readonly x: number; readonly y: number; size: number }) {
  const sum = [0, 0, 0]
  let covered = 0
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const px = (x + ((sample % SAMPLES) + 0.5) / SAMPLES) / size
    const py = (y + (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES) / size
    const layer = layers.findLast(({ shape }) => shape(px, py))
    if (!layer) continue
    covered += 1
    for (const [at, value] of layer.colour.entries()) sum[at] = (sum[at] ?? 0) + value
  }
  const mean = sum.map(value => Math.round(value / Math.max(1, covered)))
  return [...mean, Math.round((covered / (SAMPLES * SAMPLES)) * 255)]
}
