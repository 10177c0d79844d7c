import { CommanderError } from 'commander';
import { exitCodes } from '../contract/index.ts';
import { makeProgram } from './program.ts';
import { report } from './shell.ts';

try {
  await makeProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError)
    process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else process.exitCode = report(error);
}
