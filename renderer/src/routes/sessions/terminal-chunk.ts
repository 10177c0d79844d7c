/** xterm.js is as large as the rest of the page: it comes with the first terminal, or a little before (desk.tsx). */
export const loadTerminal = () => import('../../terminal/terminal-view.tsx');
