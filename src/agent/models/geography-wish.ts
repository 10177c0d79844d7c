import type { Geography } from '../../contract/bedrock.ts';
import type { EnvironmentModels } from '../../domain/bedrock/environment-models.ts';

/** What a session is opened with, as far as models go. */
export interface GeographyWish extends EnvironmentModels {
  profile: string;
  region: string;
  geography: Geography;
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Models of a `--fallback-model`. */
  fallbackModels: readonly string[];
  /** Content of a `--settings` of the person's. */
  given: Readonly<Record<string, unknown>> | null;
}
