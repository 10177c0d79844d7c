import fc from 'fast-check';

/**
 * Properties try the same values at each run: what fails was changed. Others: `npm run soak -- --properties`, which
 * sets BEDROCK_TRAY_SEED.
 */
fc.configureGlobal({ seed: Number(process.env.BEDROCK_TRAY_SEED ?? 20_261_123) });
