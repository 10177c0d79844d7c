import type { Reply } from './http.ts';
import type { PageWords } from './page-words.ts';

/** Markup that is safe to send: made by `html` only, which escapes everything that goes into it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | Markup | readonly Markup[];

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part !== 'string') return part.map(render).join('');
  return part.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.reduce((text, next, at) => text + render(parts[at - 1] ?? '') + next));
}

const mark = html`<svg class="mark" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="23"/>
<path d="M15 29a6 6 0 0 1 1-12 9 9 0 0 1 17 2 5 5 0 0 1 0 10z"/></svg>`;

/**
 * A whole page. No script runs on it. `formTarget` is the origin that a form's answer may redirect to
 * (browsers hold redirects after a form to the form-action directive).
 */
export function pageReply(
  words: PageWords,
  title: string,
  content: Markup,
  options: { status?: number; formTarget?: string; headers?: Record<string, string>; head?: Markup } = {},
): Reply {
  const formAction = ["'self'", ...(options.formTarget === undefined ? [] : [options.formTarget])].join(' ');
  const document = html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · ${words.brand}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/sandbox.css">
${options.head ?? []}
</head>
<body>
<header class="notice">${words.notice}</header>
<main>
${mark}
<p class="brand">${words.brand}</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return {
    status: options.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-language': words.lang,
      'content-security-policy': [
        "default-src 'none'",
        "style-src 'self'",
        'img-src data:',
        `form-action ${formAction}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      ...options.headers,
    },
    body: document.text,
  };
}

export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f3f5f8; --card: #ffffff; --line: #d9dfe7; --ink: #16202e; --soft: #55637a;
  --accent: #0b62d6; --accent-ink: #ffffff; --notice: #fff4d6; --notice-ink: #5a4300;
  --shadow: 0 1px 2px rgb(16 32 56 / 6%), 0 12px 32px rgb(16 32 56 / 8%);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e131b; --card: #171e29; --line: #2c3747; --ink: #e8eef7; --soft: #9fb0c6;
    --accent: #6aaaff; --accent-ink: #06182f; --notice: #33290e; --notice-ink: #ffdf8f;
    --shadow: none;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif;
}
.notice {
  margin: 0; padding: .6rem 1rem; text-align: center; font-size: .875rem;
  background: var(--notice); color: var(--notice-ink);
}
main {
  max-width: 30rem; margin: clamp(1.5rem, 9vh, 6rem) auto 2rem; padding: 2.25rem 2.25rem 2rem;
  background: var(--card); border: 1px solid var(--line); border-radius: 16px; box-shadow: var(--shadow);
}
@media (max-width: 34rem) { main { margin: 1rem; padding: 1.5rem; } }
.mark { width: 44px; height: 44px; display: block; }
.mark circle { fill: var(--accent); }
.mark path { fill: none; stroke: var(--accent-ink); stroke-width: 2.5; stroke-linejoin: round; }
.brand { margin: .75rem 0 0; color: var(--soft); font-size: .875rem; }
h1 { margin: .15rem 0 .75rem; font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; }
dl { margin: 1.25rem 0; border-top: 1px solid var(--line); }
dl div { display: flex; gap: 1rem; justify-content: space-between; padding: .6rem 0;
  border-bottom: 1px solid var(--line); }
dt { color: var(--soft); flex: none; }
dd { margin: 0; text-align: end; overflow-wrap: anywhere; }
.code { font: 600 1.75rem/1.2 ui-monospace, "SF Mono", "Cascadia Mono", monospace; letter-spacing: .12em;
  text-align: center; margin: 1.25rem 0; }
.actions { display: flex; gap: .75rem; flex-wrap: wrap; margin-top: 1.5rem; }
button, input { font: inherit; border-radius: 10px; padding: .65rem 1.25rem; min-height: 2.75rem; }
button { flex: 1 1 8rem; cursor: pointer; font-weight: 600; border: 1px solid var(--line);
  background: transparent; color: var(--ink); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); }
button:hover { filter: brightness(1.06); }
input { width: 100%; border: 1px solid var(--soft); background: var(--ground); color: var(--ink);
  letter-spacing: .08em; text-transform: uppercase; }
label { display: block; margin-bottom: .35rem; color: var(--soft); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (forced-colors: active) { button.primary { border-width: 3px; } }
`;
