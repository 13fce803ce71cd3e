/** Which process this is, where the runtime has processes. Nothing is imported: the adapter runs in browsers and workers too. */

/** A process that may own a store, and how it can be asked about. */
export interface ProcessIdentity {
  /** The same for processes that can see each other; empty where that cannot be told. */
  readonly machine: string
  readonly pid: number
  /** Whether a process of this machine runs. */
  isRunning(pid: number): boolean
}

/** What Node, Bun and Deno give. */
interface Process {
  readonly pid?: number
  readonly platform?: string
  kill?(pid: number, signal: 0): unknown
  getBuiltinModule?(name: string): Readonly<Record<string, (...parameters: string[]) => string>> | undefined
}

/** This process, or `undefined` in a runtime that tells of none. */
export function thisProcess(): ProcessIdentity | undefined {
  const { process } = globalThis as { readonly process?: Process }
  if (!process?.pid || !process.kill || !process.getBuiltinModule) return undefined
  const { pid } = process
  return { machine: machineOf(process), pid, isRunning: other => isRunning(process, other) }
}

/** Host, boot and namespace of pids on Linux, the host elsewhere: a pid means something only among those that share them. */
function machineOf(process: Process): string {
  try {
    const host = process.getBuiltinModule?.('os')?.['hostname']?.() ?? ''
    if (host === '' || process.platform !== 'linux') return host
    const files = process.getBuiltinModule?.('fs')
    const boot = files?.['readFileSync']?.('/proc/sys/kernel/random/boot_id', 'utf8').trim() ?? ''
    return [host, boot, files?.['readlinkSync']?.('/proc/self/ns/pid') ?? ''].join(' ')
  } catch {
    return '' // hidden from us: then nothing is said of other processes
  }
}

function isRunning(process: Process, pid: number): boolean {
  try {
    process.kill?.(pid, 0)
    return true
  } catch (error) {
    return (error as { readonly code?: unknown }).code !== 'ESRCH' // not ours to signal, but there
  }
}
