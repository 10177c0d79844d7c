import { type ReactNode, useState } from 'react';
import type { DoctorFix, Finding, Remedy } from '../../../../src/contract/doctor.ts';
import { Button } from '../../components/button.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { Sheet } from '../../components/confirm.tsx';
import { Icon } from '../../components/icons.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { SignInButton } from '../../components/sign-in-panel.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { isWebAddress } from '../../model/web-address.ts';
import { InstallClaude } from '../first-run/install-claude.tsx';

/** What remedies need of the page around them. */
export interface RemedyActs {
  environment: string | null;
  ask: () => void;
  fix: (fix: DoctorFix) => void;
}

/** Why a link is as it is, what to do about it, and the buttons that do it. */
export function FindingCard({
  finding,
  acts,
  isFirst = false,
}: {
  finding: Finding;
  acts: RemedyActs;
  /** The one to begin with. */
  isFirst?: boolean;
}): ReactNode {
  const words = useWords();
  const params = Object.fromEntries(
    Object.entries(finding.params).map(([k, v]) => [k, typeof v === 'string' ? plainText(v, 400) : v]),
  );
  const { cause, advice } = words.finding({ code: finding.code, params });
  const commands = finding.remedies.filter((r) => r.kind === 'command' && r.text !== null);
  const buttons = finding.remedies.filter((r) => r.kind !== 'command');
  return (
    <div className="finding" data-level={finding.level}>
      {finding.level === 'info' ? (
        <Icon name="info" size={16} />
      ) : (
        <IndicatorSign of={finding.level === 'failed' ? 'problem' : 'attention'} size={16} />
      )}
      <div className="finding-text">
        <p>
          {finding.level !== 'info' && (
            <span className="unseen">{words.t(`doctor:state.${finding.level}`)}: </span>
          )}
          {cause}
        </p>
        {advice !== null && <p className="quiet">{advice}</p>}
        {buttons.length > 0 && (
          <div className="row-actions">
            {buttons.map((remedy, n) => (
              <RemedyButton
                key={JSON.stringify(remedy)}
                remedy={remedy}
                code={finding.code}
                isFirst={isFirst && n === 0 && finding.level !== 'info'}
                acts={acts}
              />
            ))}
          </div>
        )}
        {commands.map((remedy) => (
          <CommandLine key={remedy.text} command={remedy.text ?? ''} />
        ))}
      </div>
    </div>
  );
}

function RemedyButton({
  remedy,
  code,
  isFirst,
  acts,
}: {
  remedy: Remedy;
  code: string;
  isFirst: boolean;
  acts: RemedyActs;
}): ReactNode {
  const words = useWords();
  const { ssoSessions } = useSnapshot();
  const { kind, text, fix } = remedy;
  const look = isFirst ? (['primary'] as const) : [];
  switch (kind) {
    case 'fix':
      return (
        fix && (
          <Button look={look} onPress={() => acts.fix(fix)}>
            {words.t('doctor:page.remedyFix')}
          </Button>
        )
      );
    case 'signIn': {
      const sso = ssoSessions.find((s) => s.id === text) ?? ssoSessions[0];
      if (!sso) return null;
      // A sign-in under way is shown, with its code, on the overview.
      return sso.signIn ? (
        <Button look={look} onPress={() => navigate('overview')}>
          {words.t('doctor:page.remedySignIn')}
        </Button>
      ) : (
        <SignInButton ssoSession={sso.id} look={look} />
      );
    }
    case 'environment':
      return (
        <Button look={look} onPress={() => navigate('access')}>
          {words.t('doctor:page.remedyEnvironment')}
        </Button>
      );
    case 'models':
      return (
        <Button look={look} onPress={() => navigate('models', acts.environment ?? undefined)}>
          {words.t('doctor:page.remedyModels')}
        </Button>
      );
    case 'settings':
      return (
        <Button look={look} onPress={() => navigate('settings')}>
          {words.t('doctor:page.remedySettings')}
        </Button>
      );
    case 'policy':
      return (
        <Button look={look} onPress={() => navigate('policies', acts.environment ?? undefined)}>
          {words.t('doctor:page.remedyPolicy')}
        </Button>
      );
    case 'ask':
      return (
        <Button look={look} onPress={acts.ask}>
          {words.t('doctor:page.remedyAsk')}
        </Button>
      );
    case 'installClaude':
      return <InstallButton look={look} isUpdate={code === 'ClaudeTooOld'} />;
    case 'link':
      if (text === null || !isWebAddress(text)) return null;
      return (
        <a className="button" href={text} target="_blank" rel="noopener noreferrer">
          <Icon name="external" size={16} />
          {words.t('doctor:page.remedyLink', { host: plainText(new URL(text).host, 80) })}
        </a>
      );
    default:
      return null;
  }
}

function InstallButton({ look, isUpdate }: { look: readonly 'primary'[]; isUpdate: boolean }): ReactNode {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const title = words.t(isUpdate ? 'firstRun:installOldTitle' : 'doctor:page.installTitle');
  return (
    <>
      <Button look={look} onPress={() => setOpen(true)}>
        {isUpdate ? title : words.t('doctor:page.remedyInstall')}
      </Button>
      <Sheet title={title} open={open} onClose={() => setOpen(false)}>
        <InstallClaude update={isUpdate} />
        <div className="dialog-buttons">
          <Button onPress={() => setOpen(false)}>{words.t('page:close')}</Button>
        </div>
      </Sheet>
    </>
  );
}
