/** How a status looks: a shape of its own for each, so that no colour has to be told apart. */
import {
  IconAlertCircle,
  IconCheck,
  IconChecks,
  IconCircleCheckFilled,
  IconClock,
  IconEye,
  IconHourglassOff,
} from '@tabler/icons-react'
import type { MessageStatus } from 'im-client'

/** A picture of a status, and its colour. */
export interface StatusLook {
  readonly Icon: typeof IconCheck
  readonly tone: 'quiet' | 'accent' | 'ok' | 'bad' | 'warn'
}

/** The look of every status. */
export const STATUS_LOOKS: Readonly<Record<MessageStatus, StatusLook>> = {
  queued: { Icon: IconClock, tone: 'quiet' },
  accepted: { Icon: IconCheck, tone: 'quiet' },
  delivered: { Icon: IconChecks, tone: 'quiet' },
  read: { Icon: IconEye, tone: 'accent' },
  done: { Icon: IconCircleCheckFilled, tone: 'ok' },
  failed: { Icon: IconAlertCircle, tone: 'bad' },
  expired: { Icon: IconHourglassOff, tone: 'warn' },
}
