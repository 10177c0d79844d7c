import type { ModelView } from '../../src/contract/bedrock.ts';

/** A model as Bedrock offers it, in which nothing stands out. */
export function modelView(more: Pick<ModelView, 'id' | 'name'> & Partial<ModelView>): ModelView {
  return {
    kind: 'inference-profile',
    model: more.id.replace(/^[a-z-]+\.(?=anthropic\.)/, ''),
    scope: more.id.startsWith('global.') ? 'global' : 'geography',
    regions: more.id.startsWith('global.') ? [] : ['us-east-1', 'us-east-2', 'us-west-2'],
    contextTokens: 200_000,
    rates: null,
    lifecycle: 'active',
    endOfLife: null,
    access: 'granted',
    refusal: null,
    proposed: true,
    ...more,
  };
}
