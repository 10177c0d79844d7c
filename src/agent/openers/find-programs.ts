import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { type Platform, type ProgramPlaces, programPaths } from '../../domain/desktop/program-places.ts';

/** Where one looks for a person's programs. */
export interface Here {
  platform: Platform;
  env: Readonly<Record<string, string | undefined>>;
  userHome: string;
}

export type Found<K> = { kind: K; program: string };

/** Those of `kinds` that are installed, in their order, as it is now. Never rejects. */
export async function findPrograms<K extends { places: ProgramPlaces; platforms: readonly Platform[] }>(
  kinds: readonly K[],
  { platform, env, userHome }: Here,
): Promise<Found<K>[]> {
  const found = await Promise.all(
    kinds
      .filter((kind) => kind.platforms.includes(platform))
      .map(async (kind): Promise<Found<K> | null> => {
        for (const path of programPaths(kind.places, platform, env, userHome)) {
          const mode = platform === 'win32' || path.endsWith('.app') ? constants.F_OK : constants.X_OK;
          const there = await access(path, mode).then(
            () => true,
            () => false,
          );
          if (there) return { kind, program: path };
        }
        return null;
      }),
  );
  return found.filter((each) => each !== null);
}
