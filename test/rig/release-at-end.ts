/** Run before every test file (vitest.config.ts): its rigs are released after its last test and its own last hooks. */
import { afterAll } from 'vitest';
import { releaseAll } from './release.ts';

afterAll(releaseAll);
