import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { awsFiles } from '../../aws/config-file.ts';
import { endpointOf } from '../../aws/endpoints.ts';
import {
  type DoctorCheck,
  type DoctorFix,
  type DoctorLink,
  type DoctorRun,
  doctorLinks,
} from '../../contract/doctor.ts';
import { BedrockTrayError, type ErrorView } from '../../contract/errors.ts';
import type { Environment } from '../../contract/state.ts';
import { commandOf } from '../../domain/doctor/commands.ts';
import { ticketRedactor } from '../../domain/support/ticket-text.ts';
import { errorOf } from '../aws-errors.ts';
import type { Doctor } from '../bedrock-ports.ts';
import { claudeSettingsFile } from '../profiles/claude-settings.ts';
import { managedSettingsFolder } from '../sessions/person-settings.ts';
import { makeChain } from './chain.ts';
import { type Link, runChecks } from './check-runner.ts';
import type { Chain, DoctorParts } from './doctor-parts.ts';
import { accountLinks } from './links/account.ts';
import { bedrockLinks } from './links/bedrock.ts';
import { claudeLinks } from './links/claude.ts';
import { filesLink } from './links/files.ts';
import { keysLink } from './links/keys.ts';
import { networkLinks } from './links/network.ts';
import { watchLinks } from './links/watch.ts';
import { plannedRepairs, type Repair } from './repairs.ts';
import { reportText } from './report.ts';
import { isToUndo, takeBack } from './take-back.ts';
import { UndoRecord, type UndoStep } from './undo-record.ts';

interface LastRun {
  run: DoctorRun;
  /** For the report. */
  subject: string;
}

const order = (link: DoctorLink): number => doctorLinks.indexOf(link);

/** Those that are wished for, and all that they need, in the order of the chain. */
function wanted(links: readonly Link[], wish: readonly DoctorLink[] | undefined): Link[] {
  const all = links.toSorted((a, b) => order(a.link) - order(b.link));
  if (wish === undefined) return all;
  const names = new Set(wish);
  // Needs stand before what needs them.
  for (const { link, needs, after = [] } of all.toReversed()) {
    if (names.has(link)) for (const need of [...needs, ...after]) names.add(need);
  }
  return all.filter(({ link }) => names.has(link));
}

const digestOf = (repairs: readonly Repair[]): string => {
  const hash = createHash('sha256');
  for (const { preview, digest } of repairs) hash.update(`${preview.fix}:${digest};`);
  return hash.digest('hex');
};

/** Checks every link of the chain, and repairs what can be repaired safely (docs/doctor.md). */
export class DoctorRoom implements Doctor {
  readonly #parts: DoctorParts;
  readonly #record: UndoRecord;
  #last: LastRun | null = null;
  /** One repair after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(parts: DoctorParts) {
    this.#parts = parts;
    this.#record = new UndoRecord(parts.context);
  }

  async *run(input: Parameters<Doctor['run']>[0], signal: AbortSignal): ReturnType<Doctor['run']> {
    const { environment: wish, ask, links } = input;
    const chain = makeChain(this.#parts, wish, ask);
    // Told at once: an unknown name is nobody's chain.
    if (wish !== undefined) this.#parts.environments.get(wish);
    const at = this.#parts.context.clock.now();
    const all = wanted(linksOf(chain), links);
    for await (const { checks, done } of runChecks(all, { signal, subject: chain.subject })) {
      const run: DoctorRun = { at, checks, done };
      if (done) this.#remember(run, chain);
      yield run;
    }
  }

  last(): DoctorRun | null {
    return this.#last?.run ?? null;
  }

  async preview(input: Parameters<Doctor['preview']>[0]): ReturnType<Doctor['preview']> {
    const repairs = await this.#planned(input);
    return { digest: digestOf(repairs), changes: repairs.map((r) => r.preview) };
  }

  fix(input: Parameters<Doctor['fix']>[0]): ReturnType<Doctor['fix']> {
    return this.#inTurn(async () => {
      const repairs = await this.#planned(input);
      if (digestOf(repairs) !== input.digest) {
        const file = repairs.find((r) => r.preview.file !== null)?.preview.file ?? '';
        throw new BedrockTrayError('ConfigChanged', { file });
      }
      if (repairs.length === 0) return { done: [], failed: [] };
      const before = await this.#record.all();
      const { clock, log } = this.#parts.context;
      const entry = (steps: UndoStep[]) => [...before, { at: clock.now(), steps }];
      // Before anything is done, so that whatever was done can be taken back.
      await this.#record.set(entry([...new Set(repairs.map((r) => r.step))]));
      const steps: UndoStep[] = [];
      const problems = new Map<DoctorFix, ErrorView>();
      for (const { step, preview, apply } of repairs) {
        try {
          await apply();
          if (!steps.includes(step)) steps.push(step);
        } catch (e) {
          problems.set(preview.fix, errorOf(e).view());
        }
      }
      await this.#record.set(steps.length === 0 ? before : entry(steps));
      const done = [...new Set(steps.map((s) => s.fix))];
      log.info({ done, failed: [...problems.keys()] }, 'the doctor repaired');
      return { done, failed: [...problems].map(([fix, problem]) => ({ fix, problem })) };
    });
  }

  undo(): ReturnType<Doctor['undo']> {
    return this.#inTurn(async () => {
      const entries = await this.#record.all();
      const last = entries.at(-1);
      if (!last) throw new BedrockTrayError('NothingToUndo', {});
      const todo: UndoStep[] = [];
      for (const step of last.steps.toReversed()) if (await isToUndo(step, this.#parts)) todo.push(step);
      for (const step of todo) await takeBack(step, this.#parts);
      await this.#record.set(entries.slice(0, -1));
      const undone = [...new Set(todo.map((s) => s.fix))];
      this.#parts.context.log.info({ undone }, 'repairs were taken back');
      return { undone };
    });
  }

  /** Errors: NothingChecked. */
  async report(maskAccounts: boolean): Promise<string> {
    if (this.#last === null) throw new BedrockTrayError('NothingChecked', {});
    const { context, platform, translator } = this.#parts;
    const masked = ticketRedactor({ userHome: context.userHome, maskAccounts });
    return masked(reportText({ ...this.#last, platform, translator: translator() }));
  }

  async #planned({
    environment: name,
    fixes,
  }: {
    environment?: string | undefined;
    fixes?: DoctorFix[] | undefined;
  }) {
    const { environments, profiles } = this.#parts;
    await profiles.reload();
    const environment: Environment | null =
      name === undefined ? environments.active() : environments.get(name);
    return plannedRepairs(this.#parts, environment, fixes);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** A look at some links of the same environment renews these in what was seen before. */
  #remember(run: DoctorRun, chain: Chain): void {
    const { environment, profile, region } = chain.subject();
    const subject = [environment, profile, region].filter((part) => part !== null).join(' · ');
    const known = new Map<DoctorLink, DoctorCheck>(
      this.#last?.subject === subject ? this.#last.run.checks.map((c) => [c.link, c]) : [],
    );
    for (const check of run.checks) known.set(check.link, check);
    const checks = [...known.values()].sort((a, b) => order(a.link) - order(b.link));
    this.#last = { run: { ...run, checks }, subject };
  }
}

/** All links, each with the command by which anybody sees the same. */
function linksOf(chain: Chain): Link[] {
  const { context, platform, managedSettings } = chain.parts;
  const command = (link: DoctorLink) => (): string | null => {
    const subject = chain.subject();
    const { network, region } = chain.place();
    return commandOf(link, {
      subject,
      awsFolder: dirname(awsFiles(context.env, context.userHome).config),
      stateFolder: context.home,
      runtimeUrl: subject.endpointUrl ?? endpointOf('bedrock-runtime', region, network.env()),
      settingsFiles: [
        join(managedSettings ?? managedSettingsFolder(platform), 'managed-settings.json'),
        claudeSettingsFile(context.env, context.userHome),
      ],
    });
  };
  return [
    ...accountLinks(chain),
    filesLink(chain),
    ...networkLinks(chain),
    ...bedrockLinks(chain),
    ...claudeLinks(chain),
    keysLink(chain),
    ...watchLinks(chain),
  ].map((link) => ({ command: command(link.link), ...link }));
}
