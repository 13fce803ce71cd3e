/** `im-client/adapters/electron/renderer`: the workspace that the main process owns, for a client in a window. */
export type { Bridge, BridgePort, Opening } from './bridge.ts'
export { bridgeStorage } from './bridge-storage.ts'
