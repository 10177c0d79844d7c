import type { DoctorFix, Finding, Remedy } from '../../contract/doctor.ts';
import { canBePasted, quoteForPerson } from '../desktop/shell-quoting.ts';
import { claudeInstall } from '../sessions/claude-install.ts';
import type { DoctorSubject } from './subject.ts';

/** Each remedy is a button of the shells and a command that can be pasted. Pure. */

const fix = (which: DoctorFix): Remedy => ({ kind: 'fix', fix: which, text: null });
const command = (text: string): Remedy => ({ kind: 'command', fix: null, text });
const button = (kind: Remedy['kind'], text: string | null = null): Remedy => ({ kind, fix: null, text });

const editor = (file: unknown, platform: string): Remedy =>
  command(
    platform === 'win32'
      ? `notepad "${String(file)}"`
      : `"\${EDITOR:-vi}" ${quoteForPerson(String(file), platform)}`,
  );

/** The system's own way to set its clock. */
function clockCommand(platform: string): string {
  if (platform === 'win32') return 'w32tm /resync';
  return platform === 'darwin' ? 'sudo sntp -sS time.apple.com' : 'sudo timedatectl set-ntp true';
}

/** `AWS_PROFILE (~/.bashrc:3), AWS_REGION` as a command. */
function unset(names: unknown): Remedy {
  return command(`unset ${[...String(names).matchAll(/(?:^|, )(\w+)/g)].map(([, name]) => name).join(' ')}`);
}

const doctorAgain = (subject: DoctorSubject, option: string): string =>
  `bedrock-tray doctor${subject.environment === null ? '' : ` --env ${quoteForPerson(subject.environment, subject.platform)}`} ${option}`;

interface Found extends Pick<Finding, 'code' | 'params'> {
  hint?: { fix?: true; text?: string };
}

/** What can be done about a finding: the first is the best. Empty: nothing by this person here. */
export function remediesOf(finding: Found, subject: DoctorSubject): Remedy[] {
  const { environment, platform, profile, ssoSession } = subject;
  const named = [environment, profile, ssoSession, ...Object.values(finding.params)];
  const all = remediesFor(finding, subject);
  return named.every((name) => canBePasted(String(name ?? ''), platform))
    ? all
    : all.filter(({ kind }) => kind !== 'command');
}

function remediesFor(finding: Found, subject: DoctorSubject): Remedy[] {
  const { code, params, hint } = finding;
  const { platform, environment, ssoSession } = subject;
  const q = (word: unknown): string => quoteForPerson(String(word), platform);
  const fixes = (which: DoctorFix): Remedy[] =>
    hint?.fix ? [fix(which), command(doctorAgain(subject, '--fix'))] : [];
  switch (code) {
    case 'EnvironmentMissing':
    case 'EnvironmentUnknown':
      return [button('environment'), command('bedrock-tray configure sso')];
    case 'ProfileUnknown':
    case 'ProfileUnsupported':
      return [button('environment', environment), command('bedrock-tray profiles')];
    case 'ConfigMalformed':
    case 'SettingsMalformed':
    case 'fileMalformed':
      return [editor(params.file, platform)];
    case 'fileOpen':
      return hint?.fix ? fixes('permissions') : [command(`chmod go-rwx ${q(params.file)}`)];
    case 'fileUnreadable':
      return [command(`ls -ld ${q(params.file)}`)];
    case 'stateNotWritable':
      return [command(`ls -ld ${q(params.folder)}`)];
    case 'diskFull':
    case 'diskNearlyFull':
      return [command(`df -h ${q(params.folder)}`)];
    case 'leftovers':
      return fixes('leftovers');
    case 'clockAhead':
    case 'clockBehind':
      return [command(clockCommand(platform))];
    case 'hostUnknown':
      return [command(`nslookup ${q(params.host)}`)];
    case 'proxyUnreachable':
    case 'proxyAsksPassword':
    case 'proxyRefuses':
    case 'proxyUnsupported':
      return [command('env | grep -i _proxy')];
    case 'proxyOfShell':
      return [command('bedrock-tray agent stop && bedrock-tray agent start')];
    case 'CertificateUntrusted':
      return [command(`openssl s_client -connect ${q(withPort(String(params.host)))} </dev/null`)];
    case 'caBundleUnreadable':
    case 'nodeCaUnreadable':
      return [command(`openssl x509 -in ${q(params.file)} -noout -subject -enddate`)];
    case 'caNotForClaude':
      return [command(`export NODE_EXTRA_CA_CERTS=${q(params.file)}`)];
    case 'SignInNeeded':
    case 'SsoSessionUnknown':
      return signIn(String(params.ssoSession), platform);
    case 'notRefreshable':
    case 'registrationEnds':
      return signIn(String(params.ssoSession), platform);
    case 'AccessDenied':
      return [
        button('environment', environment),
        ...(ssoSession === null
          ? []
          : [command(`bedrock-tray roles --sso-session ${q(ssoSession)} --account ${q(params.accountId)}`)]),
      ];
    case 'otherAccount':
    case 'otherRole':
      return [
        button('environment', environment),
        command(`aws configure list --profile ${q(subject.profile)}`),
      ];
    case 'regionWithoutBedrock':
    case 'regionUnknown':
    case 'regionIsSsoRegion':
      return [button('environment', environment), command('bedrock-tray regions')];
    case 'modelNotOffered':
    case 'modelNeedsProfile':
    case 'modelEnded':
    case 'modelLegacy':
      return [...fixes('model'), button('models', hint?.text ?? null), command('bedrock-tray models')];
    case 'ModelLeavesGeography':
      return [button('models', hint?.text ?? null), command('bedrock-tray models')];
    case 'modelNotGranted':
      return [
        button(
          'link',
          `https://${subject.region}.console.aws.amazon.com/bedrock/home?region=${subject.region}#/model-catalog`,
        ),
        button('models'),
      ];
    case 'ModelRefused':
      return [button('models'), button('policy'), command('bedrock-tray iam policy')];
    case 'endpointUnreachable':
    case 'endpointNotBedrock':
      return [button('environment', environment), command(`curl -sv -o /dev/null ${q(params.url)}`)];
    case 'notAsked':
      return [button('ask'), command(doctorAgain(subject, '--ask'))];
    case 'streamBuffered':
      return [command('env | grep -i _proxy')];
    case 'ClaudeNotInstalled':
      return [
        button('installClaude'),
        command(platform === 'win32' ? claudeInstall.windows : claudeInstall.unix),
      ];
    case 'ClaudeTooOld':
      return [button('installClaude'), command(claudeInstall.update)];
    case 'claudeSilent':
      return [command(`${q(params.path)} --version`)];
    case 'managedWins':
    case 'managedDiffers':
      return [command(`cat ${q(params.file)}`), button('environment', environment)];
    case 'settingsRival':
      return [...fixes('claudeSettings'), editor(params.file, platform), command('bedrock-tray integrate')];
    case 'keysInShell':
    case 'providerInShell':
    case 'profileInShell':
      return [unset(params.names)];
    case 'hooksBroken':
      return [command('bedrock-tray agent stop && bedrock-tray agent start')];
    case 'hooksSlow':
      return [command('ps aux --sort=-%cpu | head')];
    case 'hooksDisabled':
      return [editor(params.file, platform)];
    case 'defaultShadows':
      return [editor(params.file, platform)];
    case 'integrationOutdated':
      return hint?.fix
        ? [...fixes('integration'), command('bedrock-tray integrate')]
        : [command('bedrock-tray integrate')];
    case 'longLivedKey':
    case 'oldKey':
      return [button('policy'), command('bedrock-tray configure sso')];
    case 'trailMissing':
      return [
        button(
          'link',
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-create-a-trail-using-the-console-first-time.html',
        ),
      ];
    case 'trailNotAllowed':
    case 'quotaNotAllowed':
      return [button('policy')];
    case 'quotaZero':
    case 'quotaLow':
      return [
        button(
          'link',
          `https://${subject.region}.console.aws.amazon.com/servicequotas/home/services/bedrock/quotas`,
        ),
        button('models'),
      ];
    case 'NetworkUnavailable':
    case 'NotAws':
      return params.host === undefined
        ? []
        : [command(`curl -sv -o /dev/null ${q(`https://${params.host}/`)}`)];
    case 'StorageFailed':
      return [command(`ls -ld ${q(params.file)}`)];
    case 'MfaNeeded':
      return [command(`bedrock-tray login --profile ${q(params.profile)}`)];
    case 'ServiceFailed':
    case 'Throttled':
      return [button('link', 'https://health.aws.amazon.com/health/status')];
    case 'SourceFailed':
    case 'CommandFailed':
      return [command(`aws configure list --profile ${q(subject.profile)}`)];
    default:
      return [];
  }
}

const withPort = (host: string): string => (/:\d+$/.test(host) ? host : `${host}:443`);

function signIn(ssoSession: string, platform: string): Remedy[] {
  return [
    button('signIn', ssoSession),
    command(`bedrock-tray login --sso-session ${quoteForPerson(ssoSession, platform)}`),
  ];
}
