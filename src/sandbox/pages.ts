import { randomBytes } from 'node:crypto';
import type { Call, Reply } from './http.ts';
import { header } from './http.ts';
import { redirectMatches } from './oidc.ts';
import type { Markup } from './page-layout.ts';
import { html, pageReply, stylesheet } from './page-layout.ts';
import type { PageWords } from './page-words.ts';
import { wordsFor } from './page-words.ts';
import type { DeviceGrant, PendingAuthorization, SsoSession, World } from './world.ts';
import { accounts, newSecret, person } from './world.ts';

/** What the person sees in the browser: the authorize page, the device page, the access portal. */

const words = (call: Call): PageWords => wordsFor(header(call, 'accept-language'));

/** Cookies do not know ports: the name keeps two sandboxes on one computer apart. */
const cookieName = (world: World) => `sandbox_sso_${new URL(world.baseUrl).port}`;

function browserSession(world: World, call: Call): SsoSession | undefined {
  for (const pair of (header(call, 'cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name === cookieName(world)) return world.liveSession(value, call.now);
  }
  return undefined;
}

function cookieFor(world: World, session: SsoSession, now: number): Record<string, string> {
  const seconds = Math.max(0, Math.floor((session.endsAt - now) / 1000));
  return {
    'set-cookie': `${cookieName(world)}=${session.id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${seconds}`,
  };
}

type PageError = keyof PageWords['errors'];

function errorPage(call: Call, error: PageError): Reply {
  const w = words(call);
  call.note.error = `page:${error}`;
  return pageReply(w, w.errorTitle, html`<p role="alert">${w.errors[error]}</p>`, { status: 400 });
}

function rows(entries: readonly (readonly [string, string])[]): Markup {
  return html`<dl>${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function sessionRows(world: World, call: Call): [string, string][] {
  const w = words(call);
  const endsAt = browserSession(world, call)?.endsAt ?? call.now + world.switches.lifetimes.ssoSession * 1000;
  const time = new Intl.DateTimeFormat(w.lang, { dateStyle: 'medium', timeStyle: 'short' }).format(endsAt);
  return [
    [w.signedInAs, person.displayName],
    [w.sessionEnds, time],
  ];
}

const buttons = (w: PageWords) => html`<div class="actions">
<button id="deny" name="decision" value="deny">${w.deny}</button>
<button id="allow" name="decision" value="allow" class="primary">${w.allow}</button>
</div>`;

function redirect(
  uri: string,
  parameters: Record<string, string>,
  headers: Record<string, string> = {},
): Reply {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return {
    status: 302,
    headers: {
      location: url.href,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      ...headers,
    },
  };
}

/** Gives the code to the client: the person allowed it, or a living session did. */
function grantCode(world: World, call: Call, asked: PendingAuthorization, session: SsoSession): Reply {
  const code = newSecret('code');
  world.codes.set(code, {
    ...asked,
    sessionId: session.id,
    expiresAt: call.now + world.switches.lifetimes.authorizationCode * 1000,
    used: false,
  });
  return redirect(asked.redirectUri, { code, state: asked.state }, cookieFor(world, session, call.now));
}

export function authorize(world: World, call: Call): Reply {
  const { query } = call;
  const client = world.clients.get(query.get('client_id') ?? '');
  if (client === undefined || client.expiresAt <= call.now) return errorPage(call, 'client');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!redirectMatches(client.redirectUris, redirectUri)) return errorPage(call, 'redirect');
  const codeChallenge = query.get('code_challenge') ?? '';
  const state = query.get('state') ?? '';
  const complete =
    query.get('response_type') === 'code' &&
    query.get('code_challenge_method') === 'S256' &&
    /^[\w-]{43}$/.test(codeChallenge) &&
    state !== '';
  if (!complete) return errorPage(call, 'request');
  const scopes = (query.get('scopes') ?? query.get('scope') ?? '')
    .split(/[ ,]+/)
    .filter((scope) => scope !== '');
  if (scopes.some((scope) => !client.scopes.includes(scope))) {
    call.note.error = 'invalid_scope';
    return redirect(redirectUri, {
      error: 'invalid_scope',
      error_description: 'Invalid scope provided',
      state,
    });
  }
  const id = randomBytes(24).toString('base64url');
  const asked: PendingAuthorization = {
    id,
    clientId: client.clientId,
    redirectUri,
    state,
    codeChallenge,
    scopes,
  };

  const session = browserSession(world, call);
  if (world.switches.autoApprove)
    return grantCode(world, call, asked, session ?? world.headlessSession(call.now));
  // A warm session answers at once, without a page.
  if (session !== undefined && !world.switches.alwaysAsk) return grantCode(world, call, asked, session);

  world.pending.set(id, asked);
  const w = words(call);
  const { origin } = new URL(redirectUri);
  const content = html`<p>${w.allowLead}</p>
${rows([[w.application, client.clientName], [w.returnsTo, origin], ...sessionRows(world, call)])}
<form method="post" action="/authorize/decision">
<input type="hidden" name="ticket" value="${id}">
${buttons(w)}
</form>`;
  return pageReply(w, w.allowTitle(client.clientName), content, { formTarget: origin });
}

/** Only the page itself may answer for the person. Programs send no Origin. */
function foreignOrigin(world: World, call: Call): boolean {
  const origin = header(call, 'origin');
  return (
    origin !== undefined &&
    origin !== world.baseUrl &&
    origin !== world.baseUrl.replace('127.0.0.1', 'localhost')
  );
}

export function decideAuthorization(world: World, call: Call): Reply {
  if (foreignOrigin(world, call)) return errorPage(call, 'origin');
  const form = new URLSearchParams(call.body.toString('utf8'));
  const asked = world.pending.get(form.get('ticket') ?? '');
  if (asked === undefined) return errorPage(call, 'ticket');
  world.pending.delete(asked.id);
  if (form.get('decision') !== 'allow') {
    call.note.error = 'access_denied';
    return redirect(asked.redirectUri, {
      error: 'access_denied',
      error_description: 'The person denied the request',
      state: asked.state,
    });
  }
  return grantCode(world, call, asked, browserSession(world, call) ?? world.openSession(call.now));
}

function openDevice(world: World, userCode: string, now: number): DeviceGrant | undefined {
  const plain = userCode.toUpperCase().replace(/[^A-Z]/g, '');
  for (const grant of world.devices.values()) {
    if (grant.userCode.replace('-', '') !== plain) continue;
    if (grant.decision === 'pending' && grant.expiresAt > now) return grant;
  }
  return undefined;
}

export function device(world: World, call: Call): Reply {
  const w = words(call);
  const userCode = call.query.get('user_code');
  if (userCode === null || userCode === '') {
    const content = html`<p>${w.deviceLead}</p>
<form method="get" action="/device">
<label for="user_code">${w.code}</label>
<input id="user_code" name="user_code" autocomplete="off" spellcheck="false" maxlength="16" required>
<div class="actions"><button id="next" class="primary">${w.next}</button></div>
</form>`;
    return pageReply(w, w.deviceTitle, content);
  }
  const grant = openDevice(world, userCode, call.now);
  const client = grant === undefined ? undefined : world.clients.get(grant.clientId);
  if (grant === undefined || client === undefined) return errorPage(call, 'userCode');
  const content = html`<p>${w.allowLead}</p>
<p class="code" id="code">${grant.userCode}</p>
<p>${w.deviceCheck}</p>
${rows([[w.application, client.clientName], ...sessionRows(world, call)])}
<form method="post" action="/device/decision">
<input type="hidden" name="user_code" value="${grant.userCode}">
${buttons(w)}
</form>`;
  return pageReply(w, w.allowTitle(client.clientName), content);
}

export function decideDevice(world: World, call: Call): Reply {
  if (foreignOrigin(world, call)) return errorPage(call, 'origin');
  const w = words(call);
  const form = new URLSearchParams(call.body.toString('utf8'));
  const grant = openDevice(world, form.get('user_code') ?? '', call.now);
  if (grant === undefined) return errorPage(call, 'userCode');
  if (form.get('decision') !== 'allow') {
    grant.decision = 'denied';
    return pageReply(w, w.deniedTitle, html`<p>${w.deniedText}</p>`);
  }
  const session = browserSession(world, call) ?? world.openSession(call.now);
  grant.decision = { sessionId: session.id };
  return pageReply(w, w.allowedTitle, html`<p>${w.allowedText}</p>`, {
    headers: cookieFor(world, session, call.now),
  });
}

/** The page at the start URL, as it tells its region or does not. */
export function accessPortal(world: World, call: Call): Reply {
  const w = words(call);
  const { region, switches } = world;
  switch (switches.startPage) {
    case 'missing':
      return { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '' };
    case 'regional':
      return { status: 302, headers: { location: `https://ssoins-sandbox.portal.${region}.app.aws/` } };
    case 'elsewhere':
      return { status: 302, headers: { location: 'http://127.0.0.1:9/' } };
    default:
  }
  const list = accounts.map(
    (account) =>
      html`<div><dt>${account.accountName}<br>${account.accountId}</dt><dd>${account.roles.join(', ')}</dd></div>`,
  );
  const env =
    switches.startPage === 'env'
      ? html`<span id="env" hidden>${JSON.stringify({ stage: 'prod', region })}</span>`
      : html``;
  return pageReply(w, w.portalTitle, html`<p>${w.portalLead}</p><dl>${list}</dl>${env}`, {
    head: switches.startPage === 'meta' ? html`<meta name="region" content="${region}">` : html``,
  });
}

export function home(call: Call): Reply {
  const w = words(call);
  return pageReply(w, w.homeTitle, html`<p>${w.homeLead}</p>`);
}

export function css(): Reply {
  return { status: 200, headers: { 'content-type': 'text/css; charset=utf-8' }, body: stylesheet };
}
