import * as clack from '@clack/prompts';
import { type Command, InvalidArgumentError } from 'commander';
import { exitCodeOf, exitCodes, type ProcedureOutput } from '../../contract/index.ts';
import { costRequestUsd } from '../../contract/usage.ts';
import { usdText } from '../../domain/cost/session-cost.ts';
import { addDays, isDay } from '../../domain/usage/days.ts';
import { yesOrNo } from '../prompt-words.ts';
import { answered, canAsk, Left, leavable } from '../prompting.ts';
import { note, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { table } from '../table.ts';

type BillAnswer = ProcedureOutput<'costs.get'>;

interface Options {
  env?: string;
  from?: string;
  to?: string;
  yes?: boolean;
  json?: boolean;
}

const dayOption = (text: string): string => {
  if (isDay(text)) return text;
  throw new InvalidArgumentError(translator().t('usage:cli.dayWrong'));
};

/** Asks whether the charge is all right; Ctrl+C and Escape say no. */
async function isAgreed(message: string): Promise<boolean> {
  try {
    return answered(await leavable(() => clack.confirm({ ...yesOrNo(), message, initialValue: false })));
  } catch (error) {
    if (error instanceof Left) return false;
    throw error;
  }
}

function printBill(bill: BillAnswer): void {
  const { t, language } = translator();
  const usd = (amount: number) => usdText(amount, language);
  const sum = (costs: readonly { usd: number }[]) => costs.reduce((all, cost) => all + cost.usd, 0);
  const days = [...new Set([...bill.days, ...bill.transcriptsUsd].map(({ day }) => day))].sort();
  const transcripts = new Map(bill.transcriptsUsd.map((used) => [used.day, used]));
  const estimate = ({ usd: amount, unpriced }: { usd: number; unpriced: boolean }) =>
    unpriced ? t('usage:cli.andMore', { cost: `≈${usd(amount)}` }) : `≈${usd(amount)}`;
  const rows = days.map((day) => {
    const billed = bill.days.filter((cost) => cost.day === day);
    const used = transcripts.get(day);
    return [
      day,
      usd(sum(billed)),
      used === undefined ? '' : estimate(used),
      billed.some(({ estimated }) => estimated) ? t('usage:costs.notFinal') : '',
    ];
  });
  const all = bill.transcriptsUsd;
  const unpriced = all.some((used) => used.unpriced);
  const total = [
    t('usage:cli.total'),
    usd(sum(bill.days)),
    all.length === 0 ? '' : estimate({ usd: sum(all), unpriced }),
    '',
  ];
  print(
    table([t('usage:cli.day'), t('usage:costs.billed'), t('usage:costs.transcripts'), ''], [...rows, total]),
  );
  const services = new Map<string, number>();
  for (const { service, usd: amount } of bill.days) {
    services.set(service, (services.get(service) ?? 0) + amount);
  }
  if (services.size === 0) return;
  print();
  print(
    table(
      [t('usage:costs.service'), t('usage:costs.billed')],
      [...services].sort(([, a], [, b]) => b - a).map(([service, amount]) => [service, usd(amount)]),
    ),
  );
}

async function costs(options: Options): Promise<void> {
  const { t, language } = translator();
  // Bills have days of UTC.
  const today = new Date().toISOString().slice(0, 10);
  const to = options.to ?? today;
  const from = options.from ?? addDays(to, -29);
  const charge = t('usage:costs.charge', { usd: usdText(costRequestUsd, language) });
  if (!options.yes) {
    if (!canAsk() || options.json) throw new Said(`${charge} ${t('usage:costs.needsYes')}`);
    if (!(await isAgreed(`${charge} ${t('usage:costs.sure', { from, to })}`))) {
      process.exitCode = exitCodes.failed;
      return;
    }
  }
  await withAgent(async (agent) => {
    const environment = options.env === undefined ? {} : { environment: options.env };
    const bill = await agent.call('costs.get', { ...environment, from, to, agreed: true });
    if (options.json) printJson({ from, to, ...bill });
    else if (bill.days.length === 0 && bill.transcriptsUsd.length === 0) {
      print(t('usage:costs.nothing', { account: bill.accountId, from, to }));
    } else printBill(bill);
    if (bill.cut) note(t('usage:costs.cut'));
    if (bill.problem) {
      process.exitCode = exitCodeOf(bill.problem.code);
      note(t('usage:costs.brokeOff', { problem: translator().error(bill.problem) }));
    }
    if (!options.json) {
      const charged = usdText(bill.chargedUsd, language);
      note(t('usage:costs.charged', { count: bill.requests, usd: charged, account: bill.accountId }));
    }
  });
}

export function addCosts(program: Command): void {
  const { t } = translator();
  program
    .command('costs')
    .description(t('usage:costs.description'))
    .option('--env <name>', t('cli:option.env'))
    .option('--from <day>', t('usage:cli.from'), dayOption)
    .option('--to <day>', t('usage:cli.to'), dayOption)
    .option('--yes', t('usage:costs.yes'))
    .option('--json', t('cli:option.json'))
    .addHelpText('after', () => `\n${t('usage:costs.help')}`)
    .action((options: Options) => costs(options));
}
