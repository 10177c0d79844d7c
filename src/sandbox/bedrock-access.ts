import type { Caller, Resource } from './access.ts';
import { callerOf, notAllowed, restRefusal } from './access.ts';
import type { Call, Reply } from './http.ts';
import { restError } from './http.ts';
import type { World } from './world.ts';

/** The verified caller of a Bedrock call, or the refusal to send. Both Bedrock services sign as `bedrock`. */
export function bedrockCaller(world: World, call: Call): Caller | Reply {
  const caller = callerOf(world, call, 'bedrock');
  return 'key' in caller ? caller : restRefusal(call, caller);
}

/** Bedrock's refusal of an action; undefined: the caller may. */
export function bedrockDenied(
  world: World,
  call: Call,
  caller: Caller,
  action: string,
  resources: readonly Resource[],
): Reply | undefined {
  const message = notAllowed(world, call, caller, action, resources);
  return message === undefined
    ? undefined
    : restError(call, 403, 'AccessDeniedException', message, 'Message');
}
