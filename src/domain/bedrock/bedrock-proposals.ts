/** Where Bedrock is asked when nothing says otherwise: Claude Code's own default. */
const lastRegion = 'us-east-1';

/**
 * Bedrock's region to propose: the first of these that Bedrock is known in. Other partitions have regions of their
 * own, which the list need not name.
 */
export function proposedBedrockRegion(
  wishes: readonly (string | null | undefined)[],
  regions: readonly string[],
): string {
  const possible = (region: string) => regions.includes(region) || /^(us-gov|cn)-/.test(region);
  return wishes.find((region) => region != null && possible(region)) ?? lastRegion;
}
