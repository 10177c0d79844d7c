import type { BedrockTrayError } from '../contract/errors.ts';
import type { BudgetView, DoctorRun, ProcedureArguments, ProcedureOutput } from '../contract/index.ts';
import type { Observable } from './ports.ts';

/** The interfaces of the rooms about Bedrock (as ports.ts, which composition.ts wires). */

/** What Bedrock offers to an identity, and what Claude Code makes of it. */
export interface Models {
  list(input: ProcedureArguments<'models.list'>): Promise<ProcedureOutput<'models.list'>>;
  resolve(input: ProcedureArguments<'models.resolve'>): Promise<ProcedureOutput<'models.resolve'>>;
  regions(): string[];
  survey(
    input: ProcedureArguments<'regions.survey'>,
    signal: AbortSignal,
  ): AsyncIterable<ProcedureOutput<'regions.survey'>>;
}

/** Checks every link of the chain, and repairs what can be repaired safely. */
export interface Doctor {
  run(input: ProcedureArguments<'doctor.run'>, signal: AbortSignal): AsyncIterable<DoctorRun>;
  preview(input: ProcedureArguments<'doctor.preview'>): Promise<ProcedureOutput<'doctor.preview'>>;
  fix(input: ProcedureArguments<'doctor.fix'>): Promise<ProcedureOutput<'doctor.fix'>>;
  undo(): Promise<ProcedureOutput<'doctor.undo'>>;
  /** Errors: NothingChecked. */
  report(maskAccounts: boolean): Promise<string>;
  /** The last run that ended, for bundles. */
  last(): DoctorRun | null;
}

/** Documents for administrators. */
export interface Policies {
  build(input: ProcedureArguments<'policies.build'>): Promise<ProcedureOutput<'policies.build'>>;
  validate(input: ProcedureArguments<'policies.validate'>): Promise<ProcedureOutput<'policies.validate'>>;
  compare(input: ProcedureArguments<'policies.compare'>): Promise<ProcedureOutput<'policies.compare'>>;
}

/** What Claude Code used, by its transcripts, indexed off this thread; and how the budgets stand. */
export interface Usage extends Observable {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** `zone`: whose days are meant; default: the person's own. */
  query(input: ProcedureArguments<'usage.query'>, zone?: string): Promise<ProcedureOutput<'usage.query'>>;
  /** For snapshots. */
  status(): { revision: number; pending: number; budgets: BudgetView[] };
  /** A conversation of ours is held in this environment (null: in none) from then on (epoch ms): its usage is counted there, for good. */
  opened(conversation: string, environment: string | null, since: number): void;
  /** Why no further session may be opened in an environment, by what was used until now; null: it may. Never rejects. */
  refuses(environment: string): Promise<BedrockTrayError | null>;
}

/** The account's bill, by Cost Explorer. */
export interface Bill {
  get(input: ProcedureArguments<'costs.get'>): Promise<ProcedureOutput<'costs.get'>>;
}

/** What CloudTrail has of Bedrock. */
export interface Trail {
  list(input: ProcedureArguments<'trail.list'>): Promise<ProcedureOutput<'trail.list'>>;
}
