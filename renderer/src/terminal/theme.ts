import type { ITheme } from '@xterm/xterm';

export type TerminalTheme = 'light' | 'dark' | 'high-contrast';

/** The theme to draw: the setting's, or that of the page around it. */
export function shownTheme(setting: 'app' | TerminalTheme, page: 'light' | 'dark'): TerminalTheme {
  return setting === 'app' ? page : setting;
}

/** xterm.js lightens or darkens what a program writes until it has this contrast on its ground. */
export const minimumContrast: Record<TerminalTheme, number> = { light: 4.5, dark: 4.5, 'high-contrast': 7 };

/** Whether faint text (SGR 2) is drawn fainter: xterm.js halves its opacity, which leaves white on black at 5.3:1. */
export const drawsFaint = (theme: TerminalTheme): boolean => theme !== 'high-contrast';

/** Grounds of what a search found, and of the match that is stood on. */
export const findColours: Record<TerminalTheme, { match: string; active: string; ruler: string }> = {
  light: { match: '#ffe49c', active: '#ffb938', ruler: '#c08a1e' },
  dark: { match: '#5c4a1c', active: '#a9761a', ruler: '#c08a1e' },
  'high-contrast': { match: '#3f3f00', active: '#6b6b00', ruler: '#ffff00' },
};

/**
 * Terminal colours; each of the sixteen has a contrast of at least 4.5:1 (high contrast: 7:1) on its ground where
 * programs write text in it.
 */
export const terminalThemes: Record<TerminalTheme, ITheme> = {
  light: {
    background: '#fbfaf8',
    foreground: '#24221e',
    cursor: '#2a4fa8',
    cursorAccent: '#fbfaf8',
    selectionBackground: '#bfcdf0',
    selectionInactiveBackground: '#dcdad4',
    scrollbarSliderBackground: '#00000026',
    scrollbarSliderHoverBackground: '#00000040',
    scrollbarSliderActiveBackground: '#00000059',
    black: '#24221e',
    red: '#b02a20',
    green: '#1d7040',
    yellow: '#855300',
    blue: '#2a4fa8',
    magenta: '#8b3a91',
    cyan: '#0d6a78',
    white: '#6c675d',
    brightBlack: '#6c675d',
    brightRed: '#c23a2e',
    brightGreen: '#1f7d47',
    brightYellow: '#8f5c00',
    brightBlue: '#3c63c4',
    brightMagenta: '#a04aa6',
    brightCyan: '#117686',
    brightWhite: '#5f5a51',
  },
  dark: {
    background: '#141518',
    foreground: '#e4e2de',
    cursor: '#9db8ff',
    cursorAccent: '#141518',
    selectionBackground: '#3a4a78',
    selectionInactiveBackground: '#33363c',
    scrollbarSliderBackground: '#ffffff26',
    scrollbarSliderHoverBackground: '#ffffff40',
    scrollbarSliderActiveBackground: '#ffffff59',
    black: '#33363c',
    red: '#ff8a7d',
    green: '#7bd39b',
    yellow: '#efbf62',
    blue: '#8fadff',
    magenta: '#d9a2e8',
    cyan: '#74cdd9',
    white: '#d6d4cf',
    brightBlack: '#8d9099',
    brightRed: '#ffb0a6',
    brightGreen: '#a3e6ba',
    brightYellow: '#ffd98c',
    brightBlue: '#b9ccff',
    brightMagenta: '#ecc6f5',
    brightCyan: '#a4e6ee',
    brightWhite: '#ffffff',
  },
  'high-contrast': {
    background: '#000000',
    foreground: '#ffffff',
    cursor: '#ffff00',
    cursorAccent: '#000000',
    selectionBackground: '#ffffff',
    selectionForeground: '#000000',
    selectionInactiveBackground: '#bfbfbf',
    scrollbarSliderBackground: '#ffffff80',
    scrollbarSliderHoverBackground: '#ffffffb3',
    scrollbarSliderActiveBackground: '#ffffff',
    black: '#9e9e9e',
    red: '#ff8f8f',
    green: '#5cf27c',
    yellow: '#ffff55',
    blue: '#8fc1ff',
    magenta: '#ff9cff',
    cyan: '#55ffff',
    white: '#ffffff',
    brightBlack: '#b8b8b8',
    brightRed: '#ffb3b3',
    brightGreen: '#9dffb0',
    brightYellow: '#ffffa3',
    brightBlue: '#b8d9ff',
    brightMagenta: '#ffc4ff',
    brightCyan: '#a8ffff',
    brightWhite: '#ffffff',
  },
};
