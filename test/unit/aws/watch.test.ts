import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchFolder } from '../../../src/aws/watch.ts';

let home: string;
let stop: (() => void) | undefined;
let heard: (() => void)[] = [];
let pending = 0;

/** Resolves at the next change; fails after 1 s of this process's own time, which is what the product promises. */
async function nextChange(): Promise<void> {
  if (pending > 0) {
    pending = 0;
    return;
  }
  let come = false;
  heard.push(() => {
    come = true;
  });
  // In short steps: a moment in which this whole process stood still counts as one of them.
  for (let step = 0; !come && step < 200; step++) await new Promise((done) => setTimeout(done, 5));
  if (!come) throw new Error('no change heard within 1 s');
}
function onChange(): void {
  const waiting = heard;
  heard = [];
  if (waiting.length === 0) pending++;
  for (const done of waiting) done();
}

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'watch-'));
  pending = 0;
  heard = [];
});
afterEach(async () => {
  stop?.();
  stop = undefined;
  await rm(home, { recursive: true, force: true });
});

test('a folder that does not exist yet is seen when a file appears in it', async () => {
  const folder = join(home, '.aws', 'sso', 'cache');
  stop = watchFolder(folder, onChange);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'a.json'), '{}');
  await nextChange();
  await new Promise((done) => setTimeout(done, 100));
  pending = 0;
  await writeFile(join(folder, 'a.json'), '{"again":1}');
  await nextChange();
});

test('a file written in place, replaced or removed is seen', async () => {
  const file = join(home, 'token.json');
  stop = watchFolder(home, onChange);
  await writeFile(file, 'one');
  await nextChange();
  await writeFile(join(home, 'other.tmp'), 'two');
  await rename(join(home, 'other.tmp'), file);
  await nextChange();
  await rm(file);
  await nextChange();
});

test('the folder may be removed, moved aside and made again', async () => {
  const aws = join(home, '.aws');
  const folder = join(aws, 'sso', 'cache');
  await mkdir(folder, { recursive: true });
  stop = watchFolder(folder, onChange);
  await rm(aws, { recursive: true });
  await nextChange();
  await mkdir(folder, { recursive: true });
  await nextChange();
  await rename(aws, join(home, 'aside'));
  await nextChange();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'x.json'), '{}');
  await nextChange();
});

test('only the names that matter are told', async () => {
  stop = watchFolder(home, onChange, new Set(['config']));
  await writeFile(join(home, 'noise'), 'x');
  await writeFile(join(home, 'noise2'), 'x');
  await new Promise((done) => setTimeout(done, 200));
  expect(pending).toBe(0);
  await writeFile(join(home, 'config'), 'x');
  await nextChange();
});

test('writing that does not end is told while it goes on', async () => {
  const file = join(home, 'config');
  stop = watchFolder(home, onChange);
  let writing = true;
  const writer = (async () => {
    while (writing) {
      await writeFile(file, 'x');
      await new Promise((done) => setTimeout(done, 10));
    }
  })();
  try {
    await nextChange();
    await nextChange();
  } finally {
    writing = false;
    await writer;
  }
});

test('nothing is told after it was stopped', async () => {
  stop = watchFolder(home, onChange);
  // In one turn: nothing can be told between.
  writeFileSync(join(home, 'a'), 'x');
  stop();
  await new Promise((done) => setTimeout(done, 150));
  expect(pending).toBe(0);
});
