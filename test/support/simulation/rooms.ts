import { pathToFileURL } from 'node:url';

/** The agent's rooms of keep-alive, from this checkout or from a copy of its sources with a bug in it. */
export interface Rooms {
  SsoKeeper: typeof import('../../../src/agent/keeper/keeper.ts').SsoKeeper;
  SignInRoom: typeof import('../../../src/agent/signin/desk.ts').SignInRoom;
  RoleBroker: typeof import('../../../src/agent/broker/broker.ts').RoleBroker;
  CredentialHandOut: typeof import('../../../src/agent/handout/credential-hand-out.ts').CredentialHandOut;
  MfaRoom: typeof import('../../../src/agent/mfa/mfa-room.ts').MfaRoom;
  AwsFault: typeof import('../../../src/aws/faults.ts').AwsFault;
  OidcFault: typeof import('../../../src/aws/faults.ts').OidcFault;
  Settings: typeof import('../../../src/contract/settings.ts').Settings;
  createTranslator: typeof import('../../../src/locales/index.ts').createTranslator;
}

/** `source`: the folder `src`. */
export async function loadRooms(source: string): Promise<Rooms> {
  const files = [
    'agent/keeper/keeper',
    'agent/signin/desk',
    'agent/broker/broker',
    'agent/handout/credential-hand-out',
    'agent/mfa/mfa-room',
    'aws/faults',
    'contract/settings',
    'locales/index',
  ];
  const loaded = await Promise.all(
    files.map((name) => import(pathToFileURL(`${source}/${name}.ts`).href) as Promise<Partial<Rooms>>),
  );
  return Object.assign({}, ...loaded) as Rooms;
}
