/**
 * The service worker of the page: it keeps the files of one build, so that the console opens without a network and never
 * mixes two builds. A newer build waits until it is asked for, or until the last tab is closed.
 */

const ADDRESS = '/service-worker.js'

/** How long a newer build may take to arrive when one is asked for, in milliseconds. */
const PATIENCE_MS = 4000

/** Registers the worker. `onNewer` is called when a newer build waits. */
export async function registerWorker(onNewer: () => void): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const registration = await navigator.serviceWorker.register(ADDRESS, { updateViaCache: 'none' })
  const watch = (worker: ServiceWorker | null) => {
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && navigator.serviceWorker.controller) onNewer()
    })
  }
  if (registration.waiting && navigator.serviceWorker.controller) onNewer()
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration.installing))
}

/** Loads the page anew, with the newest build that the server has. */
export async function reloadNewest(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  await registration?.update().catch(() => {
    // there is no network: the build at hand is the newest there is
  })
  const worker = registration?.waiting ?? registration?.installing
  if (worker) {
    const taken = new Promise<void>(resolve => {
      navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true })
      setTimeout(resolve, PATIENCE_MS)
    })
    worker.postMessage('take over')
    await taken
  }
  location.reload()
}
