/** Who is online. */
import { method } from './method.ts'

/** Watches the presence of these accounts and of no others. Any account may ask about any other. */
export const watchPresence = method('presence.watch', ({ services, session }, { agentIds }, reply) => {
  reply.result({ presences: services.presence.watch(session, [...new Set(agentIds)]) })
})
