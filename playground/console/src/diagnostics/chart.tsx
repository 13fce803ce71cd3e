/** Values over time as a small picture, with its numbers in words below. */
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useRef } from 'react'
import UPlot from 'uplot'
import { useTexts } from '../i18n/use-texts.tsx'
import 'uplot/dist/uPlot.min.css'
import classes from './diagnostics-screen.module.css'
import { type Point, summary } from './recorder.ts'

/** What is drawn. */
export interface ChartProps {
  readonly title: string
  readonly hint: string
  readonly points: readonly Point[]
  /** From when to when, in milliseconds since 1970: the same for all charts. */
  readonly since: number
  readonly until: number
  /** `ms` for times, nothing for counts. */
  readonly unit?: 'ms'
  /** Counts stay what they are until they change. */
  readonly stepped?: boolean
}

const HEIGHT = 130

/** So much time is drawn at least, in seconds. */
const MIN_SPAN_S = 30

/** Between two lines of a count; of a time, whatever fits. */
const COUNTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000]

/** One chart. */
export function Chart({ title, hint, points, since, until, unit, stepped = false }: ChartProps) {
  const { t } = useTexts()
  const place = useDrawing(stepped ? heldUntil(points, until) : points, { since, until, stepped })
  const numbers = summary(points)
  const shown = (value: number) => `${value.toFixed(unit && value < 10 ? 1 : 0)}${unit ? ` ${unit}` : ''}`
  const words = numbers
    ? t(unit ? 'diagnostics.times' : 'diagnostics.counts', {
        last: shown(numbers.last),
        median: shown(numbers.median),
        max: shown(numbers.max),
      })
    : t('diagnostics.none')
  return (
    <figure className={classes['chart']}>
      <figcaption>
        <h2 className={classes['name']}>{title}</h2>
        <p className={classes['hint']}>{hint}</p>
      </figcaption>
      <div ref={place} className={classes['canvas']} role="img" aria-label={`${title}: ${words}`} />
      <p className={classes['words']}>{words}</p>
    </figure>
  )
}

/** A count is what it was last. */
function heldUntil(points: readonly Point[], until: number): readonly Point[] {
  const last = points.at(-1)
  return last && last.at < until ? [...points, { at: until, value: last.value }] : points
}

interface Drawing {
  readonly since: number
  readonly until: number
  readonly stepped: boolean
}

function useDrawing(points: readonly Point[], { since, until, stepped }: Drawing) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot>(undefined)
  const scheme = useComputedColorScheme()
  useEffect(() => {
    const element = place.current
    if (!element || !scheme) return
    const made = new UPlot(optionsFor(element, stepped), [[], []], element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [scheme, stepped])
  useEffect(() => {
    if (!scheme) return
    plot.current?.setData([points.map(({ at }) => at / 1000), points.map(({ value }) => value)], false)
    plot.current?.setScale('x', { min: since / 1000, max: Math.max(until / 1000, since / 1000 + MIN_SPAN_S) })
  }, [points, since, until, scheme])
  return place
}

function optionsFor(element: HTMLElement, stepped: boolean): UPlot.Options {
  const style = getComputedStyle(element)
  const colour = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: colour('--text-quiet'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
    font: `11px ${style.fontFamily}`,
  }
  const { stepped: steps } = UPlot.paths
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { auto: false }, y: { range: (_, _min, max) => [0, Math.max(1, max * 1.15)] } },
    axes: [
      { ...axis, space: 90, values: (_, ticks) => ticks.map(clockTime), size: 26 },
      { ...axis, space: 34, size: 44, ...(stepped ? { incrs: COUNTS } : {}) },
    ],
    series: [
      {},
      {
        stroke: colour('--accent'),
        fill: `${colour('--accent')}22`,
        width: 1.5,
        points: { size: 4, fill: colour('--accent') },
        ...(stepped && steps ? { paths: steps({ align: 1 }) } : {}),
      },
    ],
  }
}

function clockTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB')
}
