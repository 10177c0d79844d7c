#!/usr/bin/env node
'use strict';
// Handing out credentials must load nothing else (docs/decisions/0006); every other command lives in the full program.
if (process.argv[2] === 'export-credentials') require('../out/cli/hand-out.cjs');
else import('../out/cli/main.mjs');
