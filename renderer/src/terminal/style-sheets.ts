/**
 * xterm.js writes three style elements (sizes and colours of its DOM renderer, its scroll bar). The page's policy has
 * `style-src 'self'`, which refuses them, and `'unsafe-inline'` would allow every other one as well. So xterm is given
 * a document that hands out inert elements in their place (a style element of another type will not do: Chromium
 * reports it all the same), and their text is put into constructed style sheets, which only script of ours can make.
 * The style attributes that its DOM renderer gives to spans (24-bit colours, decorations) the policy refuses as well;
 * the same text set as `style.cssText` it allows.
 */

/** The DOM renderer makes its spans with the page's own document; nothing else here gives a span a style attribute. */
HTMLSpanElement.prototype.setAttribute = function setAttribute(name: string, value: string): void {
  if (name === 'style') this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
};

/** A document for xterm's `documentOverride`; `release` takes its style sheets away. */
export function documentWithStyles(real: Document = document): { document: Document; release: () => void } {
  const releases = new Set<() => void>();
  const createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    if (name !== 'style') return real.createElement(name, options);
    const element = real.createElement('template');
    releases.add(mirror(element, real));
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

/** Follows the text of an inert element into a constructed style sheet until released. */
function mirror(element: HTMLElement, real: Document): () => void {
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
