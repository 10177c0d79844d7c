import { expect, test } from 'vitest';
import { agentCommand } from '../../../src/client/find-or-start-agent.ts';

const command = (env: Record<string, string>, node?: string) =>
  agentCommand({ env, outDir: '/app/out', node });

test('the agent inherits the environment, save what belongs to the process that starts it', () => {
  const { env } = command({
    HOME: '/home/ann',
    AWS_CONFIG_FILE: '/c',
    HTTPS_PROXY: 'http://proxy',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    NODE_OPTIONS: '--require /debugger.js --use-system-ca --inspect',
    NODE_CHANNEL_FD: '3',
    ELECTRON_RUN_AS_NODE: '1',
    BEDROCK_TRAY_HOME: 'here',
  });
  expect(env).toEqual({
    HOME: '/home/ann',
    AWS_CONFIG_FILE: '/c',
    HTTPS_PROXY: 'http://proxy',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    NODE_OPTIONS: '--use-system-ca',
    BEDROCK_TRAY_HOME: `${process.cwd()}/here`,
  });
});

test("its Node is the one given, else BEDROCK_TRAY_NODE's, else the product's", () => {
  expect(command({ BEDROCK_TRAY_NODE: '/b' }, '/a').file).toBe('/a');
  expect(command({ BEDROCK_TRAY_NODE: '/b' }).file).toBe('/b');
  expect(command({}).file).toBe(process.execPath);
  expect(command({}).args).toEqual(['/app/out/agent/main.mjs']);
});
