import type { AwsNetwork } from '../../aws/network.ts';
import { discoverPortal } from '../../aws/portal-region.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { StartUrl } from '../../contract/names.ts';
import type { ProcedureOutput } from '../../contract/procedures.ts';
import { partitionFacts, partitionOfStartUrl } from '../../domain/profiles/partition.ts';
import { errorOf } from '../aws-errors.ts';

/** ms for all pages together: a person waits, and can type the region instead. */
const PORTAL_MS = 10_000;

/** `setup.region`. Errors: StartUrlInvalid, StartUrlUnknown, NotAws, NetworkUnavailable, CertificateUntrusted. */
export async function portalRegion(
  startUrl: string,
  forSsoRegion: (region: string) => AwsNetwork,
): Promise<ProcedureOutput<'setup.region'>> {
  if (!StartUrl.safeParse(startUrl).success) throw new BedrockTrayError('StartUrlInvalid', { startUrl });
  // The way to AWS (proxy, authorities) before a region is known is that of the partition's own.
  const { homeRegion } = partitionFacts(partitionOfStartUrl(startUrl) ?? 'aws');
  const network = forSsoRegion(homeRegion);
  try {
    const signal = AbortSignal.timeout(PORTAL_MS);
    const told = await discoverPortal(startUrl, { network, signal });
    switch (told.found) {
      case 'unknown':
        throw new BedrockTrayError('StartUrlUnknown', { startUrl });
      case 'not-aws':
        throw new BedrockTrayError('NotAws', { host: told.host });
      default: {
        const region = told.found === 'region' ? told.region : null;
        return { region, ...(told.startUrl === null ? {} : { startUrl: told.startUrl }) };
      }
    }
  } catch (e) {
    throw errorOf(e);
  }
}
