import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** How a page's language is chosen: the person's choice (kept in a cookie), the browser's, the installation's. */
export const strategy = ['cookie', 'preferredLanguage', 'baseLocale'] as const;

export const paths = (repository: string) => ({ project: join(repository, 'web/project.inlang'), outdir: join(repository, 'web/lib/paraglide') });

/** Recompiles the messages while developing. Builds, checks and tests compile them by `npm run messages` instead: the compiler leaves timers behind. */
export const messages = (repository: string): Plugin[] =>
	[paraglideVitePlugin({ ...paths(repository), strategy: [...strategy] })].flat().map((plugin) => ({ ...(plugin as Plugin), apply: 'serve' as const }));
