import { createHash } from 'node:crypto';
import type { BedrockTrayError } from '../../contract/errors.ts';
import type { Translator } from '../../locales/index.ts';

/** What became of the sign-in that a browser comes back from. */
export type CallbackOutcome =
  | { kind: 'done' }
  | { kind: 'denied' }
  | { kind: 'failed'; error: BedrockTrayError }
  /** The answer is not to our question. */
  | { kind: 'stray' };

const style = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:34rem;padding:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
p{margin:0}
b{display:block;font-size:2.5rem;line-height:1;margin-bottom:1rem}`;

const csp = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** No script, no request to anywhere, no address of this page told to anybody, nothing stored. */
export const callbackHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': csp,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  connection: 'close',
};

function escapeHtml(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
}

/** The page in the person's language. Holds nothing of the request. */
export function callbackPage(
  outcome: CallbackOutcome,
  ssoSession: string,
  translator: Translator,
): { status: number; html: string } {
  const { t } = translator;
  const shown = {
    done: ['✓', 200, t('agent:callbackDoneTitle'), () => t('agent:callbackDone', { ssoSession })],
    denied: ['✕', 200, t('agent:callbackDeniedTitle'), () => t('agent:callbackDenied', { ssoSession })],
    failed: [
      '!',
      502,
      t('agent:callbackFailedTitle'),
      () => (outcome.kind === 'failed' ? translator.error(outcome.error.view()) : ''),
    ],
    stray: ['!', 400, t('agent:callbackStrayTitle'), () => t('agent:callbackStray')],
  } as const;
  const [sign, status, title, text] = shown[outcome.kind];
  const html = `<!doctype html>
<html lang="${translator.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} · Bedrock Tray</title><style>${style}</style></head>
<body><main data-outcome="${outcome.kind}"><b aria-hidden="true">${sign}</b><h1>${escapeHtml(title)}</h1><p role="status">${escapeHtml(text())}</p></main></body>
</html>
`;
  return { status, html };
}
