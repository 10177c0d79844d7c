import * as clack from '@clack/prompts';
import { Said, translator } from './shell.ts';

/** Thrown when the person leaves a wizard with Ctrl+C or Escape; its message, if any, says what stays. */
export class Left extends Error {}

export function answered<T>(value: T): Exclude<T, symbol> {
  if (clack.isCancel(value)) throw new Left();
  return value as Exclude<T, symbol>;
}

/** Whether a person can be asked: questions and answers both go over a terminal. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

/** Asks for what was not given as an option; without a terminal that is a usage error naming the option. */
export async function ask(
  given: string | undefined,
  option: string,
  question: () => Promise<string | symbol>,
): Promise<string> {
  if (given !== undefined) return given;
  if (!canAsk()) throw new Said(translator().t('cli:configure.needed', { option }));
  return answered(await question());
}

/** A validator for clack from a schema: undefined when good. */
export function fits(schema: { safeParse(v: unknown): { success: boolean } }, sentence: string) {
  return (value: string | undefined): string | undefined =>
    schema.safeParse(value ?? '').success ? undefined : sentence;
}

/**
 * Runs the steps of a wizard so that Ctrl+C leaves it also while nothing is asked (the terminal then sends SIGINT):
 * `step` waits for something and gives up when the person does.
 */
export async function leavable<T>(
  wizard: (step: <U>(work: Promise<U>) => Promise<U>) => Promise<T>,
): Promise<T> {
  let leave: (error: Left) => void = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = reject;
  });
  left.catch(() => {});
  const onSignal = (): void => leave(new Left());
  process.on('SIGINT', onSignal);
  try {
    return await wizard((work) => {
      work.catch(() => {});
      return Promise.race([work, left]);
    });
  } finally {
    process.off('SIGINT', onSignal);
  }
}
