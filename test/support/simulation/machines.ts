import { pathToFileURL } from 'node:url';

/** The pure machines of keep-alive, from this checkout or from a copy of its sources with a bug in it. */
export type Machines = Pick<
  typeof import('../../../src/domain/keep-alive/sso-session.ts'),
  'nextSsoSession' | 'servableToken' | 'signedOut' | 'ssoSessionDeadline'
> &
  Pick<
    typeof import('../../../src/domain/keep-alive/role-credentials.ts'),
    'absent' | 'handOut' | 'nextRoleCredentials' | 'roleCredentialsDeadline' | 'usableLife'
  > &
  Pick<
    typeof import('../../../src/domain/keep-alive/prompt.ts'),
    'nextPrompt' | 'noPrompt' | 'promptDeadline' | 'shownPrompt'
  >;

/** `source`: the folder `src`. */
export async function loadMachines(source: string): Promise<Machines> {
  const load = (name: string) => import(pathToFileURL(`${source}/domain/keep-alive/${name}.ts`).href);
  const [sso, role, prompt] = await Promise.all([
    load('sso-session'),
    load('role-credentials'),
    load('prompt'),
  ]);
  return { ...sso, ...role, ...prompt } as Machines;
}
