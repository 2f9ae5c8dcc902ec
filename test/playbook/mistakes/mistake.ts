import type { Files } from '../loading.ts';

/** A playbook with mistakes (or its files), and all that a user reads about it. */
export type Mistake = readonly [name: string, files: Files | string, complaint: string];
