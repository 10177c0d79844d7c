/**
 * A Claude model as people call it, from any id that Bedrock has for it: "Sonnet 4.5" for
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0`; null for an id that does not tell (an application profile's ARN).
 */
export function modelFamily(id: string): string | null {
  const found = /claude-(?:(\d+(?:-\d+)?)-)?([a-z]+)(?:-(\d{1,2}(?:-\d{1,2})?))?(?![\d])/.exec(id);
  const family = found?.[2];
  if (family === undefined) return null;
  const version = found?.[3] ?? found?.[1];
  const name = `${family[0]?.toUpperCase()}${family.slice(1)}`;
  return version ? `${name} ${version.replace('-', '.')}` : name;
}
