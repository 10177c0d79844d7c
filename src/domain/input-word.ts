/** What is known of a value that a schema refused: where it stands, and what could have stood there. */
export interface RefusedInput {
  code?: string | undefined;
  path: readonly PropertyKey[];
  values?: readonly unknown[] | undefined;
}

const byField = {
  accountId: 'agent:inputAccount',
  region: 'agent:inputRegion',
  roleName: 'agent:inputRole',
  cwd: 'agent:inputPath',
  endpointUrl: 'agent:inputUrl',
} as const;

/** The words for a refused input: a message key with its parameters, never the value (which may be a secret). */
export function inputWord({ code, path, values }: RefusedInput) {
  if (code === 'unrecognized_keys') return { key: 'agent:inputUnknown', params: {} } as const;
  if (values && values.length > 0)
    return {
      key: 'agent:inputOneOf',
      params: { values: values.map(String).join(', ').slice(0, 200) },
    } as const;
  const field = path.findLast((part) => typeof part === 'string');
  const key =
    typeof field === 'string' && field in byField ? byField[field as keyof typeof byField] : undefined;
  return { key: key ?? 'agent:inputForm', params: {} } as const;
}
