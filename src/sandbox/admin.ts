import { createHash, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Call, Reply } from './http.ts';
import { header, json, jsonBody } from './http.ts';
import { scriptSchema } from './scripts.ts';
import { newLogin } from './signin.ts';
import { switchesChangeSchema } from './switches.ts';
import type { World } from './world.ts';
import { accounts } from './world.ts';

/**
 * The sandbox's own paths, under /_sandbox/. They need the admin token in a header of its own: a page in a browser
 * cannot send one across origins, since no preflight is ever answered.
 */
export const adminHeader = 'x-sandbox-admin';

const requestsQuery = z.object({
  after: z.coerce.number().int().min(0).default(0),
  count: z.coerce.number().int().min(1).max(10_000).default(1),
  waitMs: z.coerce.number().int().min(0).max(120_000).default(0),
  service: z.string().optional(),
  operation: z.string().optional(),
});

const scriptQuery = z.object({
  marker: z.string(),
  asked: z.coerce.number().int().min(0).default(0),
  ended: z.coerce.number().int().min(0).default(0),
  waitMs: z.coerce.number().int().min(0).max(120_000).default(0),
});
const markerBody = z.strictObject({ marker: z.string() });

const credentialsBody = z.strictObject({
  accountId: z.enum(accounts.map(({ accountId }) => accountId)).default('111122223333'),
  roleName: z.string().min(1).default('BedrockDeveloper'),
  lifetimeSeconds: z.number().min(-3600).max(86_400).optional(),
});

const userBody = z.strictObject({
  accountId: z.enum(accounts.map(({ accountId }) => accountId)).default('111122223333'),
  userName: z.string().min(1).default('sandbox-user'),
});
const newUserBody = userBody.extend({ keyAgeDays: z.number().min(0).max(10_000).default(0) });
const loginBody = userBody.extend({ lifetimeSeconds: z.number().min(-3600).max(900).default(900) });

const refuse = (status: number, message: string): Reply => json(status, { message });

function issues(error: z.ZodError): Reply {
  return refuse(400, error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

const iso = (time: number) => new Date(time).toISOString();

export async function admin(world: World, token: string, call: Call): Promise<Reply> {
  if (!sameText(header(call, adminHeader) ?? '', token))
    return refuse(403, `Header ${adminHeader} is needed.`);
  switch (`${call.method} ${call.path}`) {
    case 'GET /_sandbox/requests': {
      const query = requestsQuery.safeParse(Object.fromEntries(call.query));
      if (!query.success) return issues(query.error);
      const { count, waitMs, ...filter } = query.data;
      return json(200, { requests: await world.log.wait(filter, count, waitMs) });
    }
    case 'GET /_sandbox/issued': {
      const keys = [...world.keys.values()].map(
        ({ secretAccessKey: _, sessionToken: __, issuedAt, expiresAt, ...key }) => ({
          ...key,
          issuedAt: iso(issuedAt),
          expiresAt: iso(expiresAt),
        }),
      );
      return json(200, { keys });
    }
    case 'GET /_sandbox/sessions': {
      const tokensOf = (tokens: Map<string, { sessionId: string }>, id: string) =>
        [...tokens.values()].filter(({ sessionId }) => sessionId === id).length;
      const sessions = [...world.sessions.values()].map(({ id, startedAt, endsAt }) => ({
        startedAt: iso(startedAt),
        endsAt: iso(endsAt),
        alive: endsAt > call.now,
        accessTokens: tokensOf(world.accessTokens, id),
        refreshTokens: tokensOf(world.refreshTokens, id),
      }));
      return json(200, { sessions });
    }
    case 'GET /_sandbox/switches':
      return json(200, world.switches);
    case 'POST /_sandbox/switches': {
      const change = switchesChangeSchema.safeParse(jsonBody(call));
      if (!change.success) return issues(change.error);
      world.change(change.data, call.now);
      return json(200, world.switches);
    }
    case 'GET /_sandbox/scripts': {
      const query = scriptQuery.safeParse(Object.fromEntries(call.query));
      if (!query.success) return issues(query.error);
      const { marker, asked, ended, waitMs } = query.data;
      return json(200, { played: await world.scripts.watch(marker, asked, ended, waitMs) });
    }
    case 'POST /_sandbox/scripts': {
      const body = scriptSchema.safeParse(jsonBody(call));
      if (!body.success) return issues(body.error);
      world.scripts.set(body.data);
      return json(200, {});
    }
    case 'POST /_sandbox/scripts/release': {
      const body = markerBody.safeParse(jsonBody(call));
      if (!body.success) return issues(body.error);
      return json(200, { released: world.scripts.release(body.data.marker) });
    }
    case 'POST /_sandbox/reset':
      world.reset();
      return json(200, world.switches);
    case 'POST /_sandbox/credentials': {
      const body = credentialsBody.safeParse(jsonBody(call) ?? {});
      if (!body.success) return issues(body.error);
      const { lifetimeSeconds, ...whose } = body.data;
      const key = world.issueKey({
        ...whose,
        source: 'admin',
        now: call.now,
        ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
      });
      return json(200, {
        accessKeyId: key.accessKeyId,
        secretAccessKey: key.secretAccessKey,
        sessionToken: key.sessionToken,
        expiration: iso(key.expiresAt),
        generation: key.generation,
        arn: key.arn,
      });
    }
    case 'POST /_sandbox/users': {
      const body = newUserBody.safeParse(jsonBody(call) ?? {});
      if (!body.success) return issues(body.error);
      const { accountId, userName, keyAgeDays } = body.data;
      const issuedAt = call.now - keyAgeDays * 86_400_000;
      const key = world.issueUserKey({ accountId, userName, source: 'user', now: call.now, issuedAt });
      return json(200, {
        accessKeyId: key.accessKeyId,
        secretAccessKey: key.secretAccessKey,
        arn: key.arn,
        mfaSerial: `arn:aws:iam::${accountId}:mfa/${userName}`,
      });
    }
    case 'POST /_sandbox/logins': {
      const body = loginBody.safeParse(jsonBody(call) ?? {});
      if (!body.success) return issues(body.error);
      return json(200, newLogin(world, body.data, call.now));
    }
    default:
      return refuse(404, 'No such admin path.');
  }
}
