/** `node transfer-client.ts put|fetch URL FILE SHA256 BYTES`: one content to a store or from it, as a run does it. */
import { noAccess } from '../../src/runner/store/access.ts';
import { openStore } from '../../src/runner/store/open-store.ts';
import { fetchVerified } from '../../src/runner/store/verified.ts';

const [direction, url, file, sha256, bytes] = process.argv.slice(2) as [string, string, string, string, string];
const store = openStore(url, noAccess);
const digest = { sha256, bytes: Number(bytes) };
if (direction === 'put') await store.put(digest, file);
else if ((await fetchVerified(store, digest, file)) !== 'ok') process.exitCode = 1;
store.close();
