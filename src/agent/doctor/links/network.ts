import { lookup } from 'node:dns/promises';
import { access, constants } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { endpointOf, type Service } from '../../../aws/endpoints.ts';
import type { AwsNetwork, CallOutcome } from '../../../aws/network.ts';
import { proxiesFor } from '../../../aws/proxy.ts';
import { exchange, TransportError } from '../../../aws/transport.ts';
import { trustOfBundle, trustSoFar } from '../../../aws/trust.ts';
import { failed, info, ofError, type Told, warning } from '../../../domain/doctor/findings.ts';
import { clockFindings } from '../../../domain/doctor/verdicts.ts';
import { redactText } from '../../../domain/support/redaction.ts';
import { systemReason } from '../../aws-errors.ts';
import type { Held, Link } from '../check-runner.ts';
import type { Chain } from '../doctor-parts.ts';

/** ms until a proxy must have accepted, or a server shown its certificate. */
const CONNECT_MS = 5_000;

/** One of AWS's addresses as it is reached from here, and how a request without a question went. */
interface Door {
  url: URL;
  network: AwsNetwork;
  proxy: string | null;
  outcome: CallOutcome | null;
  error: TransportError | null;
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '');
const isAddress = (host: string): boolean => host === 'localhost' || /^[\d.]+$|:/.test(host);
/** Without user and password. */
const shown = (proxy: string): string => redactText(proxy).replace(/\/$/, '');

function doorsOf(chain: Chain): Pick<Door, 'url' | 'network' | 'proxy'>[] {
  const { profiles, network, ssoNetwork } = chain.parts;
  const { profile, region, ssoSession } = chain.subject();
  const session = profiles.ssoSessions().find((s) => s.id === ssoSession);
  const places: [Service, string, AwsNetwork][] = [
    ...(['bedrock-runtime', 'bedrock', 'sts'] as const).map((s): [Service, string, AwsNetwork] => [
      s,
      region,
      network(profile),
    ]),
    ...(session
      ? (['sso-oidc', 'sso'] as const).map((s): [Service, string, AwsNetwork] => [
          s,
          session.region,
          ssoNetwork(session.region),
        ])
      : []),
  ];
  const doors = new Map<string, Pick<Door, 'url' | 'network' | 'proxy'>>();
  for (const [service, where, net] of places) {
    const url = new URL(endpointOf(service, where, net.env()));
    const [proxy = null] = proxiesFor(url, net.env(), net.proxyRules());
    if (!doors.has(url.origin)) doors.set(url.origin, { url, network: net, proxy });
  }
  return [...doors.values()];
}

/** Asks each address whether it is there, side by side. Never rejects. */
function knocked(chain: Chain, signal: AbortSignal): Promise<Door[]> {
  return Promise.all(
    doorsOf(chain).map(async (door): Promise<Door> => {
      let outcome: CallOutcome | null = null;
      const network: AwsNetwork = {
        ...door.network,
        observe: (o) => {
          outcome = o;
          door.network.observe(o);
        },
      };
      try {
        const url = new URL('/', door.url);
        (await exchange({ method: 'HEAD', url, headers: {} }, network, signal)).destroy();
        return { ...door, outcome, error: null };
      } catch (e) {
        const error = e instanceof TransportError ? e : new TransportError(systemReason(e));
        return { ...door, outcome, error };
      }
    }),
  );
}

/** What the way to AWS is like: clock, names, proxies, certificates. */
export function networkLinks(chain: Chain): Link[] {
  let asked: Promise<Door[]> | undefined;
  const doors = (signal: AbortSignal): Promise<Door[]> => {
    asked ??= knocked(chain, signal);
    return asked;
  };
  const common = { needs: [], after: ['config'] as const, timeoutMs: 20_000, service: 'AWS' };
  return [
    { link: 'clock', ...common, check: async (signal) => clock(await doors(signal)) },
    { link: 'dns', ...common, check: () => names(doorsOf(chain)) },
    { link: 'proxy', ...common, check: (signal) => proxies(chain, doors(signal)) },
    {
      link: 'certificates',
      ...common,
      needs: ['dns', 'proxy'],
      check: (signal) => certificates(chain, doors(signal)),
    },
  ];
}

function clock(doors: readonly Door[]): Held {
  const skews = doors.flatMap(({ outcome }) =>
    outcome?.serverDate ? [outcome.serverDate - (outcome.sentAt + outcome.receivedAt) / 2] : [],
  );
  const [skew] = skews.sort((a, b) => Math.abs(a) - Math.abs(b));
  if (skew === undefined) return { evidence: null, skipped: true };
  const seconds = Math.round(skew / 1000);
  return { evidence: `${seconds > 0 ? '+' : ''}${seconds} s`, findings: clockFindings(skew) };
}

/** Hosts that this computer must know itself: behind a proxy only the proxy. */
async function names(doors: readonly Pick<Door, 'url' | 'proxy'>[]): Promise<Held> {
  const hosts = [
    ...new Set(
      doors.flatMap(({ url, proxy }) =>
        proxy === null ? [hostOf(url)] : URL.canParse(proxy) ? [hostOf(new URL(proxy))] : [],
      ),
    ),
  ];
  const findings: Told[] = [];
  const found: string[] = [];
  await Promise.all(
    hosts.map(async (host) => {
      if (isAddress(host)) return;
      try {
        const [first] = await lookup(host, { all: true });
        found.push(`${host} ${first?.address ?? ''}`);
      } catch (e) {
        findings.push(failed('hostUnknown', { host, reason: systemReason(e) }));
      }
    }),
  );
  return { evidence: found.length > 0 ? found.sort().join(', ') : hosts.join(', '), findings };
}

/** Null: it accepts connections; else why not. */
function reach(proxy: URL): Promise<string | null> {
  return new Promise((resolve) => {
    const port = Number(proxy.port) || (proxy.protocol === 'https:' ? 443 : 80);
    const socket = connectTcp({ host: hostOf(proxy), port, timeout: CONNECT_MS });
    const end = (reason: string | null) => {
      socket.destroy();
      resolve(reason);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end('TimeoutError'));
    socket.once('error', (e) => end(systemReason(e)));
  });
}

const proxyNames = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const;
const variable = (env: Readonly<Record<string, string | undefined>>, name: string): string =>
  env[name.toLowerCase()] ?? env[name] ?? '';

async function proxies(chain: Chain, knocks: Promise<Door[]>): Promise<Held> {
  const { env } = chain.parts.context;
  const shell = await chain.loginEnv();
  const findings: Told[] = proxyNames
    .filter((name) => variable(shell, name) !== variable(env, name) && variable(shell, name) !== '')
    .map((name) => warning('proxyOfShell', { name }));
  const used = [...new Set(doorsOf(chain).flatMap(({ proxy }) => (proxy === null ? [] : [proxy])))];
  const doors = await knocks;
  for (const proxy of used) {
    const name = { proxy: shown(proxy) };
    if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) {
      findings.push(failed('proxyUnsupported', name));
      continue;
    }
    const reason = await reach(new URL(proxy));
    if (reason !== null) {
      findings.push(failed('proxyUnreachable', { ...name, reason }));
      continue;
    }
    const through = doors.filter((d) => d.proxy === proxy && d.error !== null);
    if (through.some((d) => d.error?.code === 'ProxyAuthenticationRequired'))
      findings.push(failed('proxyAsksPassword', name));
    for (const { url, error } of through) {
      if (error?.code === 'ProxyRefused') findings.push(failed('proxyRefuses', { ...name, host: url.host }));
      else if (error?.code.startsWith('PROXY_'))
        findings.push(failed('proxyUnreachable', { ...name, reason: error.code.slice('PROXY_'.length) }));
    }
  }
  const bypass = variable(env, 'NO_PROXY');
  const evidence =
    used.length === 0
      ? 'DIRECT'
      : `${used.map(shown).join(', ')}${bypass === '' ? '' : ` · NO_PROXY ${bypass}`}`;
  return { evidence, findings };
}

/** Who vouches for a host: its certificate's issuer, as far as one is shown. */
function issuerOf({ url, network }: Door): Promise<string | null> {
  return new Promise((resolve) => {
    const bundle = network.env().AWS_CA_BUNDLE;
    const trust = bundle ? trustOfBundle(bundle) : trustSoFar();
    const host = hostOf(url);
    const socket: TLSSocket = connectTls({
      host,
      port: Number(url.port) || 443,
      ...(isAddress(host) ? {} : { servername: host }),
      ...(trust ? { secureContext: trust } : {}),
      // Whether it is to be believed was asked before; here only who it is.
      rejectUnauthorized: false,
      timeout: CONNECT_MS,
    });
    const end = (said: string | null) => {
      socket.destroy();
      resolve(said);
    };
    socket.once('secureConnect', () => {
      const { issuer, valid_to: until } = socket.getPeerCertificate();
      const name = [issuer?.CN ?? issuer?.O].flat().join(' ');
      end(name === '' ? null : `${name} · ${until}`);
    });
    socket.once('timeout', () => end(null));
    socket.once('error', () => end(null));
  });
}

async function certificates(chain: Chain, knocks: Promise<Door[]>): Promise<Held> {
  const findings: Told[] = [];
  const doors = await knocks;
  const bundle = chain.place().network.env().AWS_CA_BUNDLE;
  if (bundle) {
    try {
      trustOfBundle(bundle);
    } catch (e) {
      findings.push(failed('caBundleUnreadable', { file: bundle, reason: systemReason(e) }));
    }
  }
  const { NODE_EXTRA_CA_CERTS: extra } = await chain.loginEnv();
  if (extra) {
    await access(extra, constants.R_OK).catch((e) =>
      findings.push(warning('nodeCaUnreadable', { file: extra, reason: systemReason(e) })),
    );
  } else if (bundle && findings.length === 0) findings.push(info('caNotForClaude', { file: bundle }));
  for (const { url, error } of doors) {
    if (error === null) continue;
    const { host } = url;
    const { code, reason } = error;
    if (code === 'CertificateUntrusted')
      findings.push(ofError({ code: 'CertificateUntrusted', params: { host, reason } }));
    else if (code === 'NotAws') {
      // By an answer's looks alone one host proves nothing while others are AWS's.
      if (!/^\d+$/.test(reason) || doors.every((d) => d.error !== null))
        findings.push(ofError({ code: 'NotAws', params: { host } }));
    } else if (code !== 'CaBundleUnreadable' && !/^(PROXY_|Proxy)/.test(code))
      findings.push(ofError({ code: 'NetworkUnavailable', params: { host, reason: code } }));
  }
  const secure = doors.find((d) => d.url.protocol === 'https:' && d.proxy === null && d.error === null);
  const evidence = secure
    ? await issuerOf(secure)
    : doors.some((d) => d.url.protocol === 'https:')
      ? null
      : 'http';
  return { evidence, findings };
}
