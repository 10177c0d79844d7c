import * as z from 'zod';

/** The page's policy allows no eval; zod would try it once, and the try is reported. Imported before any schema. */
z.config({ jitless: true });
