import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import { useAgent } from '../../model/app-context.tsx';
import { type Act, useAct } from '../../model/ask.ts';
import { navigate } from '../../model/route.ts';

type Overrides = Pick<ProcedureInput<'sessions.open'>, 'environment' | 'region' | 'model'>;

/** Opens Claude Code in a folder and shows its session. `open` answers whether it was opened. */
export function useOpenClaude(): Pick<Act, 'pending' | 'error' | 'forget'> & {
  open(cwd: string, overrides?: Overrides): Promise<boolean>;
} {
  const agent = useAgent();
  const { run, pending, error, forget } = useAct();
  return {
    pending,
    error,
    forget,
    open: async (cwd, overrides = {}) => {
      const session = await run(() => agent.call('sessions.open', { cwd, ...overrides }));
      if (session) navigate('sessions', session.id);
      return session !== undefined;
    },
  };
}
