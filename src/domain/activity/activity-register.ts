/**
 * What Claude Code itself says about a session in its register (`claude agents --json`, and the file that this
 * command reads): seen with 2.1.330, written within some 50 ms of each change.
 */
export interface RegisterReading {
  /** `shell`: idle, while something runs in the background. Null: it has said nothing yet. */
  status: 'busy' | 'idle' | 'shell' | 'waiting' | null;
  /** `permission prompt`, `input needed`, `dialog open`, `sandbox request`, … while it waits. */
  waitingFor: string | null;
  /** When its status became that, epoch ms; null where it does not say. */
  changedAt: number | null;
}

/** One entry of the register, or null where that is none of a kind that is known. */
export function registerReading(entry: unknown): RegisterReading | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { status, waitingFor, statusUpdatedAt } = entry as Record<string, unknown>;
  if (status !== undefined && !isStatus(status)) return null;
  return {
    status: status ?? null,
    waitingFor: typeof waitingFor === 'string' ? waitingFor.slice(0, 100) : null,
    changedAt: typeof statusUpdatedAt === 'number' ? statusUpdatedAt : null,
  };
}

function isStatus(status: unknown): status is NonNullable<RegisterReading['status']> {
  return status === 'busy' || status === 'idle' || status === 'shell' || status === 'waiting';
}

/**
 * What a terminal's title says: Claude Code puts a turning sign before it while it works and `✳` while it does not.
 * The signs change between versions, so that one that is not known says nothing.
 */
export function titleMark(title: string): 'working' | 'idle' | null {
  const [sign = ''] = title;
  if (sign === '✳') return 'idle';
  return /^[◐◑◒◓·✢✶✻✽\u2800-\u28ff]$/u.test(sign) ? 'working' : null;
}
