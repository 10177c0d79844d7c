import { type RefObject, useEffect } from 'react';

/** What the keyboard can go on from: a part of a view with a name of its own, or the view. */
const PLACES = 'section, .panel, [role=dialog], [role=alertdialog], main';

/**
 * An act may take away the very button that it was done with ("Undo", "Show more", "Close"). The keyboard then goes on in
 * the part of the view in which the button was, not at the page's beginning. Beside a
 * terminal that is the terminal.
 */
export function useFocusKept(root: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const within = root.current;
    if (!within) return;
    let focused: Element | null = null;
    let places: HTMLElement[] = [];
    const onFocus = ({ target }: FocusEvent): void => {
      focused = target instanceof Element ? target : null;
      places = [];
      for (
        let e = focused?.closest<HTMLElement>(PLACES);
        e;
        e = e.parentElement?.closest<HTMLElement>(PLACES)
      )
        places.push(e);
    };
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return;
      focused = null;
      // Whoever has a better place for it (a dialog that closes) takes it first.
      requestAnimationFrame(() => {
        if (document.activeElement !== document.body) return;
        const place = places.find((p) => p.isConnected && p.checkVisibility());
        if (!place) return;
        const terminal =
          place === within ? null : place.querySelector<HTMLElement>('textarea.xterm-helper-textarea');
        if (terminal === null && !place.hasAttribute('tabindex')) place.tabIndex = -1;
        (terminal ?? place).focus({ preventScroll: true });
      });
    });
    within.addEventListener('focusin', onFocus);
    observer.observe(within, { childList: true, subtree: true });
    return () => {
      within.removeEventListener('focusin', onFocus);
      observer.disconnect();
    };
  }, [root]);
}
