import { plainValue } from '../credentials/resolve-source.ts';
import { awsSsoCli, awsSsoInstances } from './aws-sso-cli.ts';
import { awsVault } from './aws-vault.ts';
import type { Finding, ImportSources } from './finding.ts';
import { granted } from './granted.ts';
import { leapp, leappKeys } from './leapp.ts';
import { legacy } from './legacy.ts';

/** Everything that can be taken over, or cannot and why, in the order of the files. */
export function findImports(sources: ImportSources): Finding[] {
  const findings = [...sources.config].flatMap(([name, options]) => {
    const command = plainValue(options, 'credential_process');
    const words = command === null ? [] : (sources.words(command) ?? []);
    const rules = [
      () => granted(name, options, words, sources),
      () => awsSsoCli(name, options, words, sources),
      () => leapp(name, words, sources),
      () => awsVault(name, options, words, sources),
      () => legacy(name, options, sources),
    ];
    for (const rule of rules) {
      const found = rule();
      if (found.length > 0) return found;
    }
    return [];
  });
  return [...findings, ...leappKeys(sources), ...awsSsoInstances(sources)];
}
