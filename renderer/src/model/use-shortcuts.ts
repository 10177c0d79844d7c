import { useEffect, useRef } from 'react';
import { actOf, isMac, type ShortcutAct } from './shortcuts.ts';

const texts = 'input, textarea, select, [contenteditable]';

/**
 * Listens for the page's chords before anything else does: a terminal would pass them on. While a dialog asks
 * something, it has the keyboard.
 */
export function useShortcuts(run: (act: ShortcutAct) => void): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const mac = isMac();
    const onKey = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : null;
      const editing = target !== null && !target.closest('.xterm') && target.closest(texts) !== null;
      const act = actOf(event, mac, editing);
      if (act === null || document.querySelector('.scrim')) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current(act);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, []);
}
