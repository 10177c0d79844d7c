import { arch, release } from 'node:os';
import type { DoctorRun, Finding } from '../../contract/doctor.ts';
import { PRODUCT_VERSION } from '../../contract/index.ts';
import type { Translator } from '../../locales/index.ts';

export interface ReportFacts {
  run: DoctorRun;
  /** What was checked: `dev · dev-profile · us-west-2`; '' where there was nothing. */
  subject: string;
  platform: string;
  translator: Translator;
}

const marks: Readonly<Record<DoctorRun['checks'][number]['state'], string>> = {
  waiting: ' .. ',
  running: ' .. ',
  ok: ' ok ',
  warning: 'WARN',
  failed: 'FAIL',
  skipped: ' -- ',
};

/** A run as plain text for a ticket, in the person's language; not redacted yet. */
export function reportText({ run, subject, platform, translator }: ReportFacts): string {
  const { t, finding } = translator;
  const said = (f: Finding): string[] => {
    const { cause, advice } = finding(f);
    const commands = f.remedies.flatMap(({ text, kind }) => (kind === 'command' && text ? [text] : []));
    return [
      `       ${cause}`,
      ...(advice === null ? [] : [`       ${advice}`]),
      ...commands.map((c) => `       $ ${c}`),
    ];
  };
  const lines = run.checks.flatMap((check) => [
    `[${marks[check.state]}] ${t(`doctor:link.${check.link}`)}${check.evidence === null ? '' : `: ${check.evidence}`}${check.ms === null ? '' : ` (${check.ms} ms)`}`,
    ...(check.state === 'ok' || check.command === null ? [] : [`       $ ${check.command}`]),
    ...check.findings.flatMap(said),
  ]);
  return [
    `Bedrock Tray ${PRODUCT_VERSION} · ${platform} ${release()} ${arch()} · Node ${process.versions.node}`,
    `${new Date(run.at).toISOString()}${subject === '' ? '' : ` · ${subject}`}`,
    '',
    ...lines,
    '',
  ].join('\n');
}
