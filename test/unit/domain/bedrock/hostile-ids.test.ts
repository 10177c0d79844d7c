import { expect, test } from 'vitest';
import { modelViews } from '../../../../src/domain/bedrock/model-views.ts';

test('a model’s name in an ARN that is no id reaches no policy, command or region', () => {
  const arn = (model: string, region = 'us-east-1') => `arn:aws:bedrock:${region}::foundation-model/${model}`;
  const listed = {
    profiles: [
      {
        id: 'us.anthropic.claude-opus-5-5',
        name: 'Opus',
        kind: 'inference-profile' as const,
        models: [
          arn('anthropic.claude-x","Action":"*'),
          arn('anthropic.claude-x\n- Action'),
          arn('anthropic.claude-opus-5-5', 'us-east-1"'),
          arn('anthropic.claude-opus-5-5', 'us-west-2'),
        ],
      },
    ],
    models: null,
    access: new Map(),
  };
  const options = { region: 'us-east-1', geography: null, today: '2026-11-23', priceOf: () => null };
  expect(modelViews(listed, options)).toMatchObject([
    { model: 'anthropic.claude-opus-5-5', regions: ['us-west-2'] },
  ]);
});
