import type { ModelView } from '../../contract/bedrock.ts';
import type { Snapshot } from '../../contract/state.ts';

/** What the tray's menu is made from. */
export interface MenuInput {
  /** `gone`: there was an agent, or none could be started. */
  readonly link: 'starting' | 'connected' | 'gone';
  readonly snapshot: Snapshot | null;
  /** The agent's time, epoch ms. */
  readonly now: number;
  /** What Bedrock offers here; null while it is not known. Asked for when the menu is opened. */
  readonly regions: readonly string[] | null;
  readonly models: readonly Readonly<Pick<ModelView, 'id' | 'name' | 'refusal' | 'proposed'>>[] | null;
  /** Whether that is Bedrock's answer and of when, or the shipped table and of which day; as the person writes times. */
  readonly modelsFrom?:
    | { readonly source: 'live'; readonly at: string }
    | { readonly source: 'shipped'; readonly date: string }
    | null;
  /** Accounts of the active environment's SSO session; null while they are not known. */
  readonly accounts: readonly { readonly accountId: string; readonly name: string }[] | null;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly userHome: string;
}
