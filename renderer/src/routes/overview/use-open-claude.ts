import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import { useAgent } from '../../model/app-context.tsx';
import { type Act, useAct } from '../../model/ask.ts';
import { useDesk } from '../sessions/desk.tsx';

type Overrides = Pick<ProcedureInput<'sessions.open'>, 'environment' | 'region' | 'model'>;

/** Opens Claude Code in a folder and shows its session where the settings say. `open` answers whether it was opened. */
export function useOpenClaude(): Pick<Act, 'pending' | 'error' | 'forget'> & {
  open(cwd: string, overrides?: Overrides): Promise<boolean>;
} {
  const agent = useAgent();
  const desk = useDesk();
  const { run, pending, error, forget } = useAct();
  return {
    pending,
    error,
    forget,
    open: async (cwd, overrides = {}) => {
      const session = await run(() => agent.call('sessions.open', { cwd, ...overrides }));
      if (session) desk.opened([session.id]);
      return session !== undefined;
    },
  };
}
