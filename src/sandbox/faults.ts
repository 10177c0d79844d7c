import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Reply } from './http.ts';
import { restError } from './http.ts';
import { jsonFault } from './json-protocol.ts';
import { oidcError } from './oidc.ts';
import { queryError } from './query-protocol.ts';
import { stsError } from './sts.ts';
import type { Service } from './switches.ts';
import type { World } from './world.ts';

/** What the switches put in the way of a call: a pause, a dropped connection, a throttle, a 5xx, an OIDC error. */

export const dropped = Symbol('dropped');

function throttled(service: Service, call: Call): Reply {
  switch (service) {
    case 'sts':
      return stsError(call, 400, 'Throttling', 'Rate exceeded');
    case 'portal':
      return restError(call, 429, 'TooManyRequestsException', 'HTTP 429 Unknown Code');
    case 'oidc':
      return restError(call, 429, 'TooManyRequestsException', 'Rate exceeded');
    case 'signin':
      return restError(call, 429, 'TooManyRequestsError', 'Rate exceeded');
    case 'iam':
      return queryError('iam', call, 400, 'Throttling', 'Rate exceeded');
    case 'service-quotas':
      return jsonFault(call, { type: 'TooManyRequestsException', message: 'Rate exceeded', status: 400 });
    case 'cloudtrail':
      return jsonFault(call, { type: 'ThrottlingException', message: 'Rate exceeded', status: 400 });
    case 'cost-explorer':
      return jsonFault(call, { type: 'LimitExceededException', message: 'Rate exceeded', status: 400 });
    case 'access-analyzer':
    case 'bedrock':
    case 'bedrock-runtime':
      return restError(
        call,
        429,
        'ThrottlingException',
        'Too many requests, please wait before trying again.',
      );
  }
}

function broken(service: Service, call: Call): Reply {
  if (service === 'oidc') return oidcError(call, 'InternalServerException');
  if (service === 'sts') {
    return stsError(
      call,
      500,
      'InternalFailure',
      'The request processing has failed because of an unknown error.',
    );
  }
  if (service === 'iam') return queryError('iam', call, 500, 'ServiceFailure', 'Unknown error.');
  if (service === 'service-quotas' || service === 'cloudtrail' || service === 'cost-explorer') {
    return jsonFault(call, { type: 'InternalFailure', message: 'Unknown error.', status: 500 });
  }
  return restError(
    call,
    500,
    'InternalServerException',
    'The system encountered an unexpected error during processing. Try your request again.',
  );
}

/** What a network that wants a person to agree to its terms puts in AWS's place. */
export function portalPage(kind: 'page' | 'redirect' | 'network-authentication', call: Call): Reply {
  call.note.error = 'captive portal';
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  const body = '<!doctype html><title>Welcome</title><p>Please agree to the terms of this network.</p>';
  if (kind === 'redirect')
    return { status: 302, headers: { ...headers, location: 'http://127.0.0.1:9/' }, body };
  return { status: kind === 'page' ? 200 : 511, headers, body };
}

/** Uses up what the switches hold for this call. Undefined: let it through. */
export async function faultFor(
  world: World,
  service: Service,
  call: Call,
): Promise<Reply | typeof dropped | undefined> {
  const { switches } = world;
  if (switches.faultServices.includes(service)) {
    if (switches.latencyMs > 0) await sleep(switches.latencyMs);
    if (switches.captivePortal !== 'off') return portalPage(switches.captivePortal, call);
    if (switches.dropNext > 0) {
      switches.dropNext -= 1;
      return dropped;
    }
    if (switches.throttleNext > 0) {
      switches.throttleNext -= 1;
      return throttled(service, call);
    }
    if (switches.throttleRate > 0 && Math.random() < switches.throttleRate) return throttled(service, call);
    if (switches.serverErrorNext > 0) {
      switches.serverErrorNext -= 1;
      return broken(service, call);
    }
  }
  const asked = switches.oidcError;
  if (service === 'oidc' && asked !== null && asked.count > 0) {
    if (asked.operation === null || asked.operation === call.note.operation) {
      asked.count -= 1;
      return oidcError(call, asked.name);
    }
  }
  return undefined;
}
