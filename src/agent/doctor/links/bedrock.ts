import { lookup } from 'node:dns/promises';
import { askOneToken, askStream } from '../../../aws/bedrock-runtime.ts';
import { endpointOf } from '../../../aws/endpoints.ts';
import { AwsFault } from '../../../aws/faults.ts';
import { exchange, TransportError } from '../../../aws/transport.ts';
import { BedrockTrayError } from '../../../contract/errors.ts';
import type { Environment } from '../../../contract/state.ts';
import { bedrockRegions } from '../../../domain/bedrock/bedrock-models.ts';
import { failed, info, ofError, warning } from '../../../domain/doctor/findings.ts';
import { modelFindings } from '../../../domain/doctor/model-findings.ts';
import { regionFindings, streamFindings } from '../../../domain/doctor/verdicts.ts';
import { faultName } from '../../../domain/keep-alive/fault.ts';
import { errorOf, systemReason } from '../../aws-errors.ts';
import type { RoleCredentials } from '../../ports.ts';
import type { Held, Link } from '../check-runner.ts';
import type { Chain } from '../doctor-parts.ts';
import { modelsToAsk } from '../models-to-ask.ts';
import { isDenied } from './denied.ts';

const bedrock = 'Amazon Bedrock';

/** Refusals of the keys, not of the model. */
const ofKeys =
  /^(ExpiredToken|UnrecognizedClient|InvalidSignature|IncompleteSignature|InvalidClientTokenId|MissingAuthenticationToken|SignatureDoesNotMatch)/;

/** Why Bedrock did not answer with this model. */
function answerProblem(e: unknown, model: string): BedrockTrayError {
  if (!(e instanceof AwsFault) || ofKeys.test(e.name)) return errorOf(e);
  if (e.kind !== 'forbidden' && e.kind !== 'not-found' && e.kind !== 'client') return errorOf(e);
  const name = faultName(e.name);
  return new BedrockTrayError('ModelRefused', { model, reason: e.detail ? `${name}: ${e.detail}` : name });
}

/** Bedrock itself: the region, its models, the way to them, their answers. */
export function bedrockLinks(chain: Chain): Link[] {
  const credentials = () => chain.credentials as RoleCredentials;
  const asking = (signal: AbortSignal) => ({
    ...chain.place(),
    endpointUrl: chain.subject().endpointUrl,
    signal,
  });
  /** Where nobody said yes to the cost, nothing is asked. Throttled: it is there and is allowed. */
  const asked = async (ask: (model: string) => Promise<Held>): Promise<Held> => {
    if (!chain.ask) return { evidence: null, findings: [info('notAsked')], skipped: true };
    const { model } = chain.subject();
    try {
      return await ask(model);
    } catch (e) {
      const problem = answerProblem(e, model);
      if (problem.code === 'Throttled')
        return { evidence: model, findings: [ofError(problem.view(), 'warning')] };
      throw problem;
    }
  };
  return [
    { link: 'region', needs: ['config'], timeoutMs: 10_000, service: bedrock, check: () => region(chain) },
    {
      link: 'models',
      needs: ['credentials'],
      timeoutMs: 45_000,
      service: bedrock,
      check: () => models(chain),
    },
    {
      link: 'endpoint',
      needs: ['config'],
      timeoutMs: 15_000,
      service: bedrock,
      check: (signal) => endpoint(chain, signal),
    },
    {
      link: 'answer',
      needs: ['credentials'],
      // Which model that is.
      after: ['models'],
      timeoutMs: 40_000,
      service: bedrock,
      check: (signal) =>
        asked(async (model) => {
          const answer = await askOneToken(asking(signal), credentials(), model);
          return { evidence: `${model} · ${answer.inputTokens} + ${answer.outputTokens}` };
        }),
    },
    {
      link: 'streaming',
      needs: ['credentials'],
      after: ['models'],
      timeoutMs: 40_000,
      service: bedrock,
      check: (signal) =>
        asked(async (model) => {
          const answer = await askStream(asking(signal), credentials(), model);
          const { events, spreadMs } = answer;
          return {
            evidence: `${events} · ${Math.round(spreadMs)} ms`,
            findings: streamFindings(answer),
          };
        }),
    },
  ];
}

async function region(chain: Chain): Promise<Held> {
  const { profiles } = chain.parts;
  const subject = chain.subject();
  const { env } = chain.place().network;
  const url = new URL(endpointOf('bedrock-runtime', subject.region, env()));
  const own = url.host !== new URL(endpointOf('bedrock-runtime', subject.region, {})).host;
  const known = bedrockRegions.includes(subject.region);
  // An address of one's own tells nothing of regions; a known one needs no proof.
  const hasHost =
    known || own
      ? null
      : await lookup(url.hostname).then(
          () => true,
          (e) => (systemReason(e) === 'ENOTFOUND' ? false : null),
        );
  const view = profiles.list().find((p) => p.name === subject.profile);
  const session = profiles.ssoSessions().find((s) => s.id === subject.ssoSession);
  const findings = regionFindings({
    region: subject.region,
    known: bedrockRegions,
    hasHost,
    ssoRegion: session?.region ?? null,
    profileRegion: view?.region ?? null,
  });
  return { evidence: subject.region, findings };
}

async function models(chain: Chain): Promise<Held> {
  // Without one its needs have failed.
  const environment = chain.environment as Environment;
  const offer = await chain.parts.models.list({ environment: environment.name, refresh: true });
  const { problem } = offer;
  const resolved = await modelsToAsk(chain.parts.models, environment);
  chain.model = resolved.find(({ use }) => use === 'primary')?.id ?? null;
  if (offer.source === 'shipped') {
    // Claude Code needs no list: whether the model answers is the next question.
    const mayGoOn = problem === null || problem.code === 'Throttled' || isDenied(problem);
    const said = problem === null ? [] : [ofError(problem, mayGoOn ? 'warning' : 'failed')];
    return { evidence: null, findings: [...said, info('modelsFromTable', { date: offer.tableDate ?? '' })] };
  }
  return {
    evidence: `${offer.models.length} · ${offer.region}`,
    findings: [
      // A list that may not be asked for: Claude Code needs none.
      ...(problem === null ? [] : [ofError(problem, 'warning')]),
      ...modelFindings(offer, resolved, environment),
    ],
  };
}

/** Whether Bedrock's runtime is where the environment says: a VPC endpoint, a gateway, or AWS's own address. */
async function endpoint(chain: Chain, signal: AbortSignal): Promise<Held> {
  const { endpointUrl } = chain.subject();
  const { region, network } = chain.place();
  const url = endpointUrl ?? endpointOf('bedrock-runtime', region, network.env());
  const { hostname } = new URL(url);
  const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  const evidence = [url, ...addresses.slice(0, 3).map(({ address }) => address)].join(' · ');
  try {
    (await exchange({ method: 'HEAD', url: new URL(url), headers: {} }, network, signal)).destroy();
    return { evidence };
  } catch (e) {
    if (!(e instanceof TransportError)) throw e;
    const reason = e.reason || e.code;
    if (e.code !== 'NotAws') return { evidence, findings: [failed('endpointUnreachable', { url, reason })] };
    // A gateway need not look like AWS to a request without a question: whether the model answers decides.
    const tell = /^\d+$/.test(reason) ? warning : failed;
    return { evidence, findings: [tell('endpointNotBedrock', { url })] };
  }
}
