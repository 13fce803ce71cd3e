/** The frame of a screen of its own: a title, what belongs beside it, and room for the rest. */
import type { ReactNode } from 'react'
import { SCROLLABLE } from '../scrollable.ts'
import { ConnectionPill } from './connection-pill.tsx'
import classes from './screen.module.css'

/** What a screen shows. */
export interface ScreenProps {
  readonly title: string
  readonly description?: string
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A screen that scrolls below its title. */
export function Screen({ title, description, actions, children }: ScreenProps) {
  return (
    <section className={classes['screen']} aria-label={title}>
      <header className={classes['header']}>
        <div className={classes['titles']}>
          <h2 className={classes['title']}>{title}</h2>
          {description && <p className={classes['description']}>{description}</p>}
        </div>
        {actions}
        <ConnectionPill />
      </header>
      <div className={classes['body']} {...SCROLLABLE}>
        {children}
      </div>
    </section>
  )
}
