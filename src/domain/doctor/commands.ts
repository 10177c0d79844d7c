import type { DoctorLink } from '../../contract/doctor.ts';
import { canBePasted, quoteForPerson } from '../desktop/shell-quoting.ts';
import { redactText } from '../support/redaction.ts';
import type { DoctorSubject } from './subject.ts';

/** What of the machine the commands name. */
export interface CommandFacts {
  subject: DoctorSubject;
  /** Folder of ~/.aws/config, our state folder. */
  awsFolder: string;
  stateFolder: string;
  /** Address of Bedrock's runtime, as it is called. */
  runtimeUrl: string;
  /** The administrator's and the person's own settings file of Claude Code. */
  settingsFiles: readonly string[];
}

const oneTokenBody =
  '{"anthropic_version":"bedrock-2023-05-31","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}';

/** As long as the contract lets a command be. */
const LONGEST = 1000;

/**
 * The command by which anybody can see what a link looks at, in AWS's own tools where there is one: it changes nothing,
 * and shows no secret. Null where there is none.
 */
export function commandOf(link: DoctorLink, facts: CommandFacts): string | null {
  const { subject, runtimeUrl } = facts;
  const { endpointUrl, environment, model, platform, profile } = subject;
  const named = [environment, profile, model, endpointUrl, runtimeUrl, facts.awsFolder, facts.stateFolder];
  if (![...named, ...facts.settingsFiles].every((name) => canBePasted(name ?? '', platform))) return null;
  const command = commandFor(link, {
    ...facts,
    // An address that a variable names may hold a user and a password.
    runtimeUrl: redactText(runtimeUrl),
    subject: { ...subject, endpointUrl: endpointUrl === null ? null : redactText(endpointUrl) },
  });
  return command !== null && command.length <= LONGEST ? command : null;
}

function commandFor(link: DoctorLink, facts: CommandFacts): string | null {
  const { subject } = facts;
  const q = (word: string): string => quoteForPerson(word, subject.platform);
  const host = URL.canParse(facts.runtimeUrl) ? new URL(facts.runtimeUrl) : null;
  const at = `--region ${q(subject.region)} --profile ${q(subject.profile)}`;
  switch (link) {
    case 'config':
      return `bedrock-tray env show${subject.environment === null ? '' : ` ${q(subject.environment)}`}`;
    case 'files':
      return `ls -la ${q(facts.awsFolder)} ${q(facts.stateFolder)}`;
    case 'clock':
      return `date -u; curl -sI ${q(facts.runtimeUrl)} | grep -i '^date:'`;
    case 'dns':
      return host === null ? null : `nslookup ${q(host.hostname)}`;
    case 'proxy':
      return 'env | grep -i _proxy';
    case 'certificates':
      return host?.protocol === 'https:'
        ? `openssl s_client -connect ${q(`${host.hostname}:${host.port || '443'}`)} -servername ${q(host.hostname)} </dev/null`
        : null;
    case 'signIn':
      return 'bedrock-tray status';
    case 'credentials':
      return `aws configure list --profile ${q(subject.profile)}`;
    case 'identity':
      return `aws sts get-caller-identity ${at}`;
    case 'region':
      return `aws configure get region --profile ${q(subject.profile)}`;
    case 'models':
      return `aws bedrock list-foundation-models --by-provider Anthropic ${at}`;
    case 'endpoint':
      return `curl -sv -o /dev/null ${q(facts.runtimeUrl)}`;
    case 'answer':
      return `aws bedrock-runtime invoke-model --model-id ${q(subject.model)} --body ${q(oneTokenBody)} --cli-binary-format raw-in-base64-out ${at}${subject.endpointUrl === null ? '' : ` --endpoint-url ${q(subject.endpointUrl)}`} /dev/stdout`;
    case 'streaming':
      return `bedrock-tray claude${subject.environment === null ? '' : ` --env ${q(subject.environment)}`} -- -p Hi`;
    case 'claude':
      return 'claude --version';
    case 'claudeSettings':
      // Names only: values may be secrets.
      return `grep -HnoE '"(AWS|ANTHROPIC|CLAUDE_CODE)_[A-Z_]+"|"(model|awsCredentialExport|awsAuthRefresh)"' ${facts.settingsFiles.map(q).join(' ')}`;
    case 'variables':
      return "env | grep -E '^(AWS|ANTHROPIC|CLAUDE_CODE)_' | cut -d= -f1";
    case 'hooks':
      return null;
    case 'defaultProfile':
      return 'aws configure list --profile default';
    case 'integration':
      return 'bedrock-tray integrate status';
    case 'keys':
      return `aws iam list-access-keys --profile ${q(subject.profile)}`;
    case 'trail':
      return `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventSource,AttributeValue=bedrock.amazonaws.com --max-results 1 ${at}`;
    case 'quota':
      return `aws service-quotas list-service-quotas --service-code bedrock ${at} --query "Quotas[?contains(QuotaName, 'tokens per minute')].[QuotaName,Value]" --output table`;
  }
}
