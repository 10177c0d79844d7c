import { describe, expect, it } from 'vitest';
import { launchHooks, withHooks } from '../../../../src/domain/sessions/launch-hooks.ts';

const relay = ['/bin/sh', "/x/it's/hook-relay.sh", '/n', '/c', '/s', 'id'];
type Entries = Record<string, { hooks: Record<string, unknown>[] }[]>;
const ours = (...args: string[]) => launchHooks(relay, args) as unknown as Entries;

describe('hooks of a session', () => {
  it('run without a shell, and nobody waits for news', () => {
    const hooks = ours('--verbose');
    for (const [name, [entry]] of Object.entries(hooks)) {
      expect(entry?.hooks).toHaveLength(1);
      const [hook] = entry?.hooks ?? [];
      expect(hook).toMatchObject({ type: 'command', command: '/bin/sh' });
      expect((hook?.args as string[] | undefined)?.slice(0, 5)).toEqual(relay.slice(1));
      const waited = ['UserPromptSubmit', 'PreToolUse', 'PermissionRequest'].includes(name);
      expect(hook?.async, name).toBe(waited ? undefined : true);
    }
    expect(Object.keys(hooks)).toContain('Stop');
  });

  it('a permission waits for a person, the hook longer than its relay; with -p nothing waits', () => {
    const [hook] = ours().PermissionRequest?.[0]?.hooks ?? [];
    const seconds = Number((hook?.args as string[] | undefined)?.[5]);
    expect(seconds).toBeGreaterThan(3_600);
    expect(hook?.timeout).toBeGreaterThan(seconds);
    for (const print of ['-p', '--print']) {
      expect(ours(print).PermissionRequest?.[0]?.hooks[0]).toMatchObject({
        async: true,
        args: relay.slice(1),
      });
    }
  });

  it("stand behind the person's, which stay as they are", () => {
    const theirs = { matcher: 'Bash', hooks: [{ type: 'command', command: 'mine' }] };
    const merged = withHooks({ PreToolUse: [theirs], Stop: 'nonsense', Other: [theirs] }, ours()) as Entries;
    expect(merged.PreToolUse).toEqual([theirs, ours().PreToolUse?.[0]]);
    expect(merged.Stop).toBe('nonsense');
    expect(merged.Other).toEqual([theirs]);
    expect(merged.SessionStart).toEqual(ours().SessionStart);
  });
});
