/**
 * xterm.js writes three style elements (sizes and colours of its DOM renderer, its scroll bar). The page's policy has
 * `style-src 'self'`, which refuses them, and `'unsafe-inline'` would allow every other one as well. So xterm is given
 * a document whose style elements are of a type that browsers leave alone, and their text is put into constructed
 * style sheets, which only script of ours can do.
 */

/** A document for xterm's `documentOverride`; `release` takes its style sheets away. */
export function documentWithStyles(real: Document = document): { document: Document; release: () => void } {
  const releases = new Set<() => void>();
  const createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    const element = real.createElement(name, options);
    if (name === 'style') releases.add(mirror(element as HTMLStyleElement, real));
    return element;
  };
  const proxy = new Proxy(real, {
    get(target, property) {
      if (property === 'createElement') return createElement;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set: (target, property, value) => Reflect.set(target, property, value, target),
  });
  return {
    document: proxy,
    release: () => {
      for (const release of releases) release();
      releases.clear();
    },
  };
}

/** Follows the text of an inert style element into a constructed sheet, for as long as the element is in the page. */
function mirror(element: HTMLStyleElement, real: Document): () => void {
  element.type = 'text/inert';
  const sheet = new CSSStyleSheet();
  let copied: string | null = null;
  const copy = (): void => {
    const text = element.textContent ?? '';
    if (text === copied) return;
    copied = text;
    sheet.replaceSync(text);
  };
  real.adoptedStyleSheets = [...real.adoptedStyleSheets, sheet];
  const observer = new MutationObserver(copy);
  observer.observe(element, { childList: true, characterData: true, subtree: true });
  copy();
  return () => {
    observer.disconnect();
    real.adoptedStyleSheets = real.adoptedStyleSheets.filter((s) => s !== sheet);
  };
}
