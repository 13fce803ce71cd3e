/** The look: one accent, quiet greys, the system's own letters, and Chinese ones that go with them. */
import { type CSSVariablesResolver, createTheme, Drawer, Menu, Modal, Portal } from '@mantine/core'
import { LAYERS } from './layers.tsx'

const SANS =
  'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Droid Sans Fallback", sans-serif'
const MONO =
  'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace'

/** Mantine's theme of the console. */
export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 7,
  colors: {
    dark: [
      ...(['#e7e9ee', '#c3c9d4', '#a0a8b6', '#7c8494', '#4b5260'] as const),
      ...(['#3a404c', '#20242b', '#181b21', '#16181d', '#101216'] as const),
    ],
  },
  autoContrast: true,
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  headings: { fontFamily: SANS, fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontSizes: { xs: '0.75rem', sm: '0.84375rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  components: {
    Portal: Portal.extend({ defaultProps: { target: `#${LAYERS}` } }),
    // The place that it holds for the focus is no item of a menu.
    Modal: Modal.extend({ styles: { title: { fontWeight: 650 } } }),
    Drawer: Drawer.extend({ styles: { title: { fontWeight: 650 } } }),
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
  },
})

/** Mantine's quiet greys are too faint to be read easily: the console's own take their place. */
export const resolveVariables: CSSVariablesResolver = () => {
  const own = {
    '--mantine-color-body': 'var(--bg)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-quiet)',
    '--mantine-color-placeholder': 'var(--text-quiet)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-default-border': 'var(--line-strong)',
  }
  return { variables: {}, light: own, dark: { ...own, '--mantine-color-default': 'var(--bg-raised)' } }
}
