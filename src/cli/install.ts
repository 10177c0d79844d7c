/**
 * Run from inside a package: `node install.cjs` copies the package's payload to the person's data, unless it is there,
 * and prints the folder. `bedrock-tray` of the package goes on from that one.
 */
import { join } from 'node:path';
import { installedPrograms } from '../client/installed-programs.ts';
import { exitCodes, isBedrockTrayError } from '../contract/errors.ts';
import { createTranslator, shownLanguage, systemLanguage } from '../locales/index.ts';

installedPrograms(join(__dirname, '..', '..')).then(
  (installed) => {
    process.stdout.write(`${installed?.folder ?? join(__dirname, '..', '..')}\n`);
  },
  (error: unknown) => {
    const words = createTranslator(shownLanguage('system', systemLanguage(process.env)));
    process.stderr.write(`${isBedrockTrayError(error) ? words.error(error.view()) : String(error)}\n`);
    process.exitCode = exitCodes.failed;
  },
);
