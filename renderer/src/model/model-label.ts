import { plainText } from './plain-text.ts';

/**
 * A model as people call it, from Bedrock's id: "Sonnet 4.5" for `us.anthropic.claude-sonnet-4-5-20250929-v1:0`.
 * Anything else (an application profile's ARN) is shown by its last part.
 */
export function modelLabel(id: string): string {
  const found = /claude-(?:(\d+(?:-\d+)?)-)?([a-z]+)(?:-(\d{1,2}(?:-\d{1,2})?))?(?![\d])/.exec(id);
  const family = found?.[2];
  const version = found?.[3] ?? found?.[1];
  if (family) {
    const name = `${family[0]?.toUpperCase()}${family.slice(1)}`;
    return plainText(version ? `${name} ${version.replace('-', '.')}` : name, 40);
  }
  return plainText(id.split('/').at(-1) ?? id, 40);
}
