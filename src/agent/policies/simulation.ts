import { AwsFault } from '../../aws/faults.ts';
import { type IamPlace, roleArn, type Simulated, simulatePrincipal } from '../../aws/iam.ts';
import { callerIdentity, type SigningKeys } from '../../aws/sts.ts';
import type { SimulatedCall } from '../../contract/policies.ts';
import type { PolicyCall } from '../../domain/policies/calls.ts';
import { roleArnCandidates, sessionRole } from '../../domain/policies/principal.ts';

/** Resources of one request, and requests under way at once: IAM throttles simulations early. */
const resourcesAtOnce = 25;
const requestsAtOnce = 3;
/** So many resources are asked about at most. */
const mostResources = 300;

/**
 * Whether the identity behind these keys may make the calls, by every policy that holds for it. `calls`: for its
 * account. Errors: AwsFault (`forbidden` where this may not be asked).
 */
export async function simulateCalls(options: {
  place: IamPlace;
  keys: SigningKeys;
  /** Regions of IAM Identity Center: in the paths of permission sets' roles. */
  ssoRegions: readonly string[];
  calls(accountId: string): readonly PolicyCall[];
}): Promise<SimulatedCall[]> {
  const { place, keys } = options;
  const { arn, accountId } = await callerIdentity(place, keys);
  const requests = inRequests(options.calls(accountId).slice(0, mostResources));
  const [first, ...rest] = requests;
  if (first === undefined) return [];
  // The first one also finds out which ARN the role has.
  const { principal, simulated } = await withPrincipal(options, arn, (principalArn) =>
    simulatePrincipal(place, keys, { principalArn, ...first }),
  );
  const results: Simulated[][] = [simulated];
  const queue = rest.entries();
  const worker = async () => {
    for (const [i, request] of queue) {
      results[i + 1] = await simulatePrincipal(place, keys, { principalArn: principal, ...request });
    }
  };
  await Promise.all(Array.from({ length: requestsAtOnce }, worker));
  return results.flat();
}

type Request = Pick<PolicyCall, 'actions' | 'context'> & { resources: string[] };

/** Calls with the same actions and keys share requests. */
function inRequests(calls: readonly PolicyCall[]): Request[] {
  const requests: Request[] = [];
  const open = new Map<string, Request>();
  for (const { actions, resource, context } of calls) {
    const key = JSON.stringify([actions, context]);
    const there = open.get(key);
    if (there && there.resources.length < resourcesAtOnce) there.resources.push(resource);
    else {
      const request = { actions, context, resources: [resource] };
      open.set(key, request);
      requests.push(request);
    }
  }
  return requests;
}

const isUnknown = (e: unknown): boolean =>
  e instanceof AwsFault && (e.kind === 'not-found' || e.name.startsWith('NoSuchEntity'));

/** Simulations take a role or user, not a session: the role's path is asked for, and guessed where that is not told. */
async function withPrincipal(
  { place, keys, ssoRegions }: Parameters<typeof simulateCalls>[0],
  caller: string,
  ask: (principal: string) => Promise<Simulated[]>,
): Promise<{ principal: string; simulated: Simulated[] }> {
  const role = sessionRole(caller);
  const told = role && (await roleArn(place, keys, role.roleName).catch(() => null));
  const candidates = role === null ? [caller] : told ? [told] : roleArnCandidates(role, ssoRegions);
  let last: unknown;
  for (const principal of candidates) {
    try {
      return { principal, simulated: await ask(principal) };
    } catch (e) {
      if (!isUnknown(e)) throw e;
      last = e;
    }
  }
  throw last;
}
