/** The workflows on GitHub, which cannot run here: checked by actionlint, and held to the rules of docs/security.md. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ACTIONLINT } from '../../../scripts/install-test-parts.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, '.github/workflows');
const names = readdirSync(folder);
const text = (name: string) => readFileSync(join(folder, name), 'utf8');
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts,
);

describe('workflows', () => {
  test('there are those of tests, releases and roll-outs', () => {
    expect(names.sort()).toEqual(['ci.yml', 'release.yml', 'rollout.yml']);
  });

  test.skipIf(!existsSync(ACTIONLINT.program))(
    `actionlint ${ACTIONLINT.version} finds nothing (node scripts/install-test-parts.ts --only actionlint)`,
    () => {
      const lint = (...args: string[]) =>
        execFileSync(ACTIONLINT.program, ['-no-color', '-shellcheck=', '-pyflakes=', ...args], {
          cwd: root,
          encoding: 'utf8',
        });
      expect(lint(...names.map((name) => join(folder, name)))).toBe('');
      // It would find something.
      expect(() =>
        execFileSync(ACTIONLINT.program, ['-'], {
          input: 'on: push\njobs:\n  a:\n    steps:\n      - run: true\n',
          stdio: 'pipe',
        }),
      ).toThrow();
    },
  );

  test.each(names)('%s: actions are pinned by their full hash, with the version beside it', (name) => {
    const uses = text(name)
      .split('\n')
      .filter((line) => /^\s*(- )?uses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    for (const line of uses) {
      if (/uses: \.\//.test(line)) continue;
      expect(line).toMatch(/uses: actions\/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  test.each(names)('%s: nothing is allowed but what a job names, and no checkout keeps its token', (name) => {
    const body = text(name);
    expect(body).toMatch(/^permissions: \{\}$/m);
    const jobs = body
      .slice(body.indexOf('\njobs:'))
      .split(/\n {2}(?=[a-z]+:\n)/)
      .slice(1);
    expect(jobs.length).toBeGreaterThan(0);
    for (const job of jobs) expect(job).toMatch(/\n {4}permissions:\n {6}\S/);
    for (const job of jobs.filter((one) => /(contents|id-token|attestations): write/.test(one)))
      expect(job).toMatch(/\n {4}environment: release\n/);
    expect(body.match(/actions\/checkout@/g)?.length).toBe(body.match(/persist-credentials: false/g)?.length);
    expect(body).not.toContain('pull_request_target');
  });

  test.each(names)(
    '%s: what somebody else may write is never part of a command, and secrets only in env',
    (name) => {
      for (const [, command] of text(name).matchAll(/\n\s+(?:- )?run: (\|\n(?:\s{10,}.*\n)+|.*\n)/g))
        expect(command).not.toMatch(/\$\{\{/);
      for (const line of text(name)
        .split('\n')
        .filter((one) => one.includes('secrets.')))
        expect(line).toMatch(/^ {10}[A-Z_]+: \$\{\{/);
    },
  );

  test('they run scripts that there are', () => {
    for (const name of names) {
      for (const [, script] of text(name).matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toContain(script);
      for (const [, file] of text(name).matchAll(/node (scripts\/\S+\.ts)/g))
        expect(existsSync(join(root, file as string)), file).toBe(true);
    }
  });
});
