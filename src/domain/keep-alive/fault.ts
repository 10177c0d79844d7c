/** A failed call to AWS as data: what the machines of keep-alive decide on. */
export interface Fault {
  kind: 'client' | 'unauthorized' | 'forbidden' | 'not-found' | 'throttle' | 'server' | 'network' | 'disk';
  /** The service's error name without `Exception`, or a system error code (`ENOTFOUND`). */
  name: string;
  retryAfterMs?: number | undefined;
}

/**
 * The OIDC client faults that end an SSO session when a refresh meets them. Everything else (network, throttle,
 * 5xx, disk, a fault of our own request) leaves it alive.
 */
const ending = new Set([
  'InvalidGrant',
  'InvalidClient',
  'ExpiredToken',
  'UnauthorizedClient',
  'AccessDenied',
]);

export function endsSsoSession(fault: Fault): boolean {
  return fault.kind === 'client' && ending.has(faultName(fault.name));
}

/** Whether it says that the SSO session itself is over, and not only this client's part in it. */
export function provesEnd(fault: Fault): boolean {
  return fault.kind === 'client' && faultName(fault.name) === 'InvalidGrant';
}

/** `InvalidGrantException` and `InvalidGrant` are one. */
export function faultName(name: string): string {
  return name.replace(/Exception$/, '');
}
