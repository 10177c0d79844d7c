import { randomUUID } from 'node:crypto';
import type { Caller, Refused } from './access.ts';
import { callerOf, notAllowed } from './access.ts';
import type { Call, Reply } from './http.ts';
import { header, jsonBody } from './http.ts';
import type { World } from './world.ts';

/** AWS's JSON protocol 1.1 (`x-amz-target`), which Service Quotas, CloudTrail and Cost Explorer speak. */

export type JsonBody = Readonly<Record<string, unknown>>;

/** An error of the service's own: its client faults are all 400. */
export class JsonFault extends Error {
  readonly type: string;
  readonly status: number;
  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}

export function jsonFault(call: Call, { type, message, status }: Refused): Reply {
  call.note.error = type;
  call.note.errorMessage = message;
  return send(status, { __type: type, message });
}

function send(status: number, body: object): Reply {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: JSON.stringify(body),
  };
}

export type JsonOperation = (world: World, body: JsonBody, caller: Caller, call: Call) => object;

export interface JsonService {
  readonly signingName: string;
  /** Of actions in policies. */
  readonly actions: string;
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** The operation that a call's target names. */
export function targetOf(call: Call): { readonly prefix: string; readonly operation: string } | undefined {
  const target = header(call, 'x-amz-target');
  const at = target?.lastIndexOf('.') ?? -1;
  return target === undefined || at < 0
    ? undefined
    : { prefix: target.slice(0, at), operation: target.slice(at + 1) };
}

export function answerJson(service: JsonService, world: World, call: Call): Reply {
  const name = targetOf(call)?.operation ?? '';
  const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
  call.note.operation = operation === undefined ? 'unknown' : name;
  const caller = callerOf(world, call, service.signingName);
  // Of this protocol, refusals are 400 too.
  if ('status' in caller) return jsonFault(call, { ...caller, status: 400 });
  if (operation === undefined) {
    return jsonFault(call, { type: 'UnknownOperationException', message: '', status: 400 });
  }
  const refusal = notAllowed(world, call, caller, `${service.actions}:${name}`);
  if (refusal !== undefined) {
    return jsonFault(call, { type: 'AccessDeniedException', message: refusal, status: 400 });
  }
  try {
    return send(200, operation(world, jsonBody(call) ?? {}, caller, call));
  } catch (error) {
    if (error instanceof JsonFault) return jsonFault(call, error);
    throw error;
  }
}
