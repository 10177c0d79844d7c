/** Does something once the page has nothing else to do, after `within` ms at the latest; answers what calls it off. */
export function whenIdle(act: () => void, within: number): () => void {
  // Safari has no idle callbacks.
  if (typeof requestIdleCallback !== 'function') {
    const timer = setTimeout(act, Math.min(within, 200));
    return () => clearTimeout(timer);
  }
  const idle = requestIdleCallback(act, { timeout: within });
  return () => cancelIdleCallback(idle);
}
