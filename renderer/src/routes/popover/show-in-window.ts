/** Shows a place of the page in the main window: main takes such a window of our own page for that, and opens none. */
export function showInWindow(href: string): void {
  window.open(href, '_blank', 'noopener');
}
