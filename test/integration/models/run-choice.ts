import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelsRoom } from '../../../src/agent/models/models-room.ts';
import { type Environment, plainEnvironment } from '../../../src/contract/state.ts';
import { familyNames } from '../../../src/domain/bedrock/claude-models.ts';
import { launchPlan } from '../../../src/domain/sessions/launch-plan.ts';
import { findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { runCommand } from '../../support/run-command.ts';
import type { SandboxProcess } from '../../support/sandbox.ts';

/** One choice of models: what our environment says, and what the person's own files and variables do. */
export interface Choice extends Partial<Environment> {
  /** ~/.claude/settings.json */
  settings?: Record<string, unknown>;
  /** Variables of the login shell. */
  variables?: Record<string, string>;
}

/** Ids by what asked for them. */
export type Asked = Record<string, string[]>;

/** Evaluated by the model that does the background work. */
const promptHook = { Stop: [{ hooks: [{ type: 'prompt', prompt: 'is that all?' }] }] };
let choices = 0;

/**
 * What `models.resolve` predicts for a choice, and what the real Claude Code then asks for when it is launched by our
 * plan: it talks, starts a sub-agent with each alias, and has a hook evaluated.
 */
export async function runChoice(
  sandbox: SandboxProcess,
  choice: Choice,
): Promise<{ predicted: Asked; asked: Asked; output: string }> {
  choices += 1;
  const marker = `CHOICE${choices}MARK`;
  const home = await mkdtemp(join(tmpdir(), 'choice-'));
  try {
    const cwd = join(home, 'project');
    await mkdir(cwd);
    await mkdir(join(home, '.claude'));
    await prepareClaudeHome(home, [cwd]);
    const { settings: own, variables, ...about } = choice;
    await writeFile(join(home, '.claude', 'settings.json'), JSON.stringify({ hooks: promptHook, ...own }));
    const environment = { ...plainEnvironment, name: 'e', profile: 'p', region: 'us-west-2', ...about };
    const keys = await sandbox.issueCredentials();
    const { AWS_DATA_PATH: _, ...sandboxEnv } = sandbox.environment();
    const env: Record<string, string> = {
      ...sandboxEnv,
      HOME: home,
      TERM: 'xterm',
      CLAUDE_CODE_MAX_RETRIES: '0',
      ...variables,
    };
    const room = roomFor(environment, env, home, {
      ...keys,
      expiresAt: Date.parse(keys.expiration),
      accountId: null,
    });
    const { resolved, probes = [] } = await room.resolve({});
    const predicted: Asked = { probes: [...probes].sort() };
    for (const { use, id } of resolved) predicted[use] = [id];

    const exported = join(home, 'keys.json');
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const text = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken };
    await writeFile(exported, JSON.stringify({ Credentials: text }), { mode: 0o600 });
    const { region, model, smallFastModel, pins, geography, identityMode } = environment;
    const verdict =
      geography &&
      (await room.inGeography({
        geography,
        profile: 'p',
        region,
        model,
        smallFastModel,
        pins,
        cwd,
        env,
        given: null,
        fallbackModels: [],
      }));
    if (verdict && 'leaves' in verdict) throw new Error(`${verdict.leaves} leaves ${geography}`);
    const files = Object.fromEntries(
      ['settings', 'restore', 'awsConfig', 'empty'].map((name) => [name, join(home, name)]),
    ) as Record<'settings' | 'restore' | 'awsConfig' | 'empty', string>;
    const plan = launchPlan({
      platform: process.platform,
      id: '0f0e0d0c-0b0a-4000-8000-000000000001',
      region,
      model,
      smallFastModel,
      pins,
      kept: verdict ? verdict.kept : null,
      identityMode,
      endpointUrl: env.ANTHROPIC_BEDROCK_BASE_URL ?? null,
      personEnv: env,
      personSettingsEnv: {},
      permissionMode: null,
      addDirs: [],
      name: null,
      args: ['-p', `talk${marker} go`, '--allowedTools', 'Agent'],
      personSettings: null,
      conversation: { how: 'own' },
      // The hand-out client's flag is one more file to print.
      exportCommand: ['/bin/sh', '-c', `cat "${exported}"`, 'sh'],
      hookCommand: ['/bin/true'],
      files,
    });
    await writeFile(files.settings, plan.settings, { mode: 0o600 });
    await writeFile(files.restore, plan.restore ?? '');
    const agents = familyNames.map((family) => ({
      type: 'tool_use' as const,
      name: 'Agent',
      input: {
        description: family,
        prompt: `${family}${marker} please`,
        subagent_type: 'general-purpose',
        model: family,
        run_in_background: false,
      },
    }));
    const said = (word: string) => ({ content: [{ type: 'text' as const, text: word }] });
    for (const family of familyNames) await sandbox.script(`${family}${marker}`, [said('done')]);
    await sandbox.script(`talk${marker}`, [{ content: agents }, said('finished')]);
    const ran = await runCommand(findClaude() ?? '', plan.args, { env: plan.env, cwd, timeoutMs: 240_000 });

    const asked: Asked = {};
    for (const { accessKeyId: by, service, operation, detail } of await sandbox.requests()) {
      if (service !== 'bedrock-runtime' || by !== accessKeyId || operation === 'CountTokens') continue;
      const script = String(detail?.script ?? '');
      const use =
        operation === 'InvokeModel'
          ? 'probes'
          : script === `talk${marker}`
            ? 'primary'
            : script.endsWith(marker)
              ? script.slice(0, -marker.length)
              : 'background';
      asked[use] = [...new Set([...(asked[use] ?? []), String(detail?.modelId)])].sort();
    }
    return { predicted, asked: { probes: [], ...asked }, output: ran.stdout + ran.stderr };
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

function roomFor(
  environment: Environment,
  env: Record<string, string>,
  home: string,
  credentials: Awaited<ReturnType<ConstructorParameters<typeof ModelsRoom>[0]['broker']['credentials']>>,
): ModelsRoom {
  const silent = () => undefined;
  return new ModelsRoom({
    context: {
      env,
      clock: { now: () => Date.now(), wakeAt: () => silent },
      log: { info: silent, warn: silent, error: silent, debug: silent },
      userHome: home,
    },
    environments: { get: () => environment, active: () => environment },
    profiles: { list: () => [], ssoSessions: () => [] },
    broker: { credentials: async () => credentials },
    prices: async () => () => null,
    loginEnv: async () => env,
    managedSettings: join(home, 'managed'),
  });
}
