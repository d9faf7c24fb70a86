/** One contract for everything that keeps results and contents, held against real servers; and what bad servers do. */

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createSocketServer, type Server as SocketServer } from 'node:net';
import { join } from 'node:path';
import { Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contentDigest } from '../src/digests.ts';
import { binaryName } from '../src/names.ts';
import { actionOf } from '../src/runner/cache/action.ts';
import { encodeActionResult } from '../src/runner/cache/action-result.ts';
import { Cache } from '../src/runner/cache/cache.ts';
import { SharedCache } from '../src/runner/cache/shared-cache.ts';
import { sha256 } from '../src/runner/files/digest.ts';
import { type Access, noAccess } from '../src/runner/store/access.ts';
import { DiskStore } from '../src/runner/store/disk-store.ts';
import { GrpcChannel } from '../src/runner/store/grpc-channel.ts';
import { largeBytes } from '../src/runner/store/large-download.ts';
import { openStore, readAccess } from '../src/runner/store/open-store.ts';
import { readHead } from '../src/runner/store/response-head.ts';
import { type Digest, type Store, StoreTrouble } from '../src/runner/store/store.ts';
import { TieredStore } from '../src/runner/store/tiered-store.ts';
import { fetchVerified, putMissing } from '../src/runner/store/verified.ts';
import { hasBazelWorker, hasNginx, startBazelWorker, startNginx } from './rig/cache-servers.ts';
import { scratch } from './rig/program.ts';

const root = scratch('stores-');

let names = 0;
const fresh = (): string => {
  const path = join(root, `d${names++}`);
  mkdirSync(path);
  return path;
};

/** A file of that content, and its digest. */
function content(bytes: Buffer | string): { digest: Digest; file: string } {
  const file = join(fresh(), 'content');
  writeFileSync(file, bytes);
  return { digest: { sha256: sha256(bytes), bytes: Buffer.byteLength(bytes) }, file };
}

const stores: readonly (readonly [string, boolean, () => Promise<Store>])[] = [
  ['a directory', true, async () => new DiskStore(fresh())],
  ['nginx', hasNginx, async () => openStore(`http://127.0.0.1:${(await startNginx(fresh())).port}`)],
  [
    "Bazel's server by HTTP",
    hasBazelWorker,
    async () => openStore(`http://127.0.0.1:${(await startBazelWorker(fresh())).port}`),
  ],
  [
    "Bazel's server by gRPC",
    hasBazelWorker,
    async () => openStore(`grpc://127.0.0.1:${(await startBazelWorker(fresh())).grpcPort}`),
  ],
  [
    'a directory before nginx',
    hasNginx,
    async () =>
      new TieredStore(new DiskStore(fresh()), openStore(`http://127.0.0.1:${(await startNginx(fresh())).port}`)),
  ],
];

describe.each(stores)('%s', (_name, there, open) => {
  let store: Store;
  beforeAll(async () => {
    if (there) store = await open();
  });
  afterAll(() => store?.close());

  test.skipIf(!there)('gives contents back as they were put, whatever their size', async () => {
    for (const bytes of [
      '',
      'a',
      Buffer.alloc(5 << 20, 'bootplan '),
      Buffer.from(Array.from({ length: 256 }, (_, i) => i)),
    ]) {
      const { digest, file } = content(bytes);
      const back = join(fresh(), 'back');
      expect(await putMissing(store, new Map([[digest.sha256, { digest, file }]]))).toBeLessThanOrEqual(1);
      expect(await fetchVerified(store, digest, back)).toBe('ok');
      expect(readFileSync(back).equals(readFileSync(file))).toBe(true);
    }
  });

  test.skipIf(!there)('does not have what nobody put', async () => {
    const digest = { sha256: sha256('nobody put this'), bytes: 15 };
    expect(await store.getResult(digest)).toBeUndefined();
    expect(await store.missing([digest])).toEqual([digest]);
    const to = join(fresh(), 'nothing');
    expect(await fetchVerified(store, digest, to)).toBe('missing');
    expect(statSync(to, { throwIfNoEntry: false })).toBeUndefined();
  });

  test.skipIf(!there)('keeps a result bit for bit', async () => {
    const { digest, file } = content('a package');
    await store.put(digest, file);
    const action = { sha256: sha256('an action'), bytes: 9 };
    const deb = {
      name: binaryName('hello'),
      version: '1-1',
      file: 'hello_1-1_all.deb',
      contentSha256: contentDigest(sha256('content')),
    };
    const message = encodeActionResult({
      debs: [{ ...deb, sha256: digest.sha256, bytes: digest.bytes }],
      log: { sha256: digest.sha256, bytes: digest.bytes },
      cpuSeconds: 1.25,
      sandboxed: true,
    });
    await store.putResult(action, message);
    expect(Buffer.from((await store.getResult(action))!).equals(message)).toBe(true);
  });
});

describe('a server that misbehaves', () => {
  const quick: Access = { ...noAccess, timeoutSeconds: 1 };
  const { digest, file } = (() => ({ digest: { sha256: sha256('right'), bytes: 5 }, file: '' }))();
  const open: HttpServer[] = [];
  afterAll(() => {
    for (const server of open) {
      server.closeAllConnections();
      server.close();
    }
  });
  async function serving(listener: RequestListener): Promise<Store> {
    const server = createServer(listener);
    open.push(server);
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    return openStore(`http://127.0.0.1:${(server.address() as { port: number }).port}`, quick);
  }
  const into = () => join(fresh(), 'x');

  test('a content that is not what its name says is poisoned, whatever its length', async () => {
    for (const body of ['wrong', 'righ', 'right and more', '']) {
      const to = into();
      expect(await fetchVerified(await serving((_, answer) => answer.end(body)), digest, to)).toBe('poisoned');
      expect(statSync(to, { throwIfNoEntry: false })).toBeUndefined();
    }
    const endless = await serving((_, answer) => {
      answer.writeHead(200);
      const more = () => {
        while (answer.write('x'.repeat(65536)));
      };
      answer.on('drain', more);
      more();
    });
    expect(await fetchVerified(endless, digest, into())).toBe('poisoned');
  });

  test('one that answers 500, breaks off, hangs, or is full is trouble that is told within the time limit', async () => {
    const bad: readonly (readonly [RequestListener, RegExp])[] = [
      [(_, answer) => answer.writeHead(500).end(), /the server says 500/],
      [
        (_, answer) => {
          answer.writeHead(200, { 'content-length': 5 });
          answer.write('ri', () => answer.destroy());
        },
        /broke off|ECONNRESET|aborted/,
      ],
      [() => {}, /silent for 1 seconds/],
      [(_, answer) => answer.writeHead(507).end(), /its disk is full/],
      [(_, answer) => answer.writeHead(401).end(), /see --cache-access/],
    ];
    await Promise.all(
      bad.map(async ([listener, told]) => {
        const store = await serving(listener);
        const trouble = await fetchVerified(store, digest, into()).catch((error: unknown) => error);
        expect(trouble).toBeInstanceOf(StoreTrouble);
        expect((trouble as Error).message).toMatch(told);
      }),
    );
  });

  test('each other question to it is answered by trouble, too', async () => {
    const { digest: whole, file: from } = content(Buffer.alloc(1 << 20, 'much'));
    const uses: readonly (readonly [string, (store: Store) => Promise<unknown>])[] = [
      ['result', (store) => store.getResult(whole)],
      ['missing', (store) => store.missing([whole])],
      ['put', (store) => store.put(whole, from)],
      ['put result', (store) => store.putResult(whole, Buffer.from('result'))],
    ];
    const bad: readonly (readonly [string, RequestListener, RegExp])[] = [
      ['500', (_, answer) => answer.writeHead(500).end(), /the server says 500|EPIPE|ECONNRESET/],
      ['cut', (asked) => asked.socket.destroy(), /ECONNRESET|EPIPE|socket hang up/],
      ['hangs', () => {}, /silent for 1 seconds/],
      ['full', (_, answer) => answer.writeHead(507).end(), /its disk is full|EPIPE|ECONNRESET/],
    ];
    const all = uses.flatMap(([use, ask]) =>
      bad.map(([fault, listener, told]) => ({ use, ask, fault, listener, told })),
    );
    await Promise.all(
      all.map(async ({ use, ask, fault, listener, told }) => {
        const trouble = await ask(await serving(listener)).catch((error: unknown) => error);
        expect([use, fault, trouble]).toEqual([use, fault, expect.any(StoreTrouble)]);
        expect([use, fault, (trouble as Error).message]).toEqual([use, fault, expect.stringMatching(told)]);
      }),
    );
  });

  test('what passes after a moment is asked again', async () => {
    let asked = 0;
    const store = await serving((_, answer) => (++asked < 3 ? answer.writeHead(503).end() : answer.end('right')));
    expect(await fetchVerified(store, digest, into())).toBe('ok');
    expect(asked).toBe(3);
  });

  test('a gRPC server that speaks nonsense is trouble, not a hang', async () => {
    const server = createSocketServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    const store = openStore(`grpc://127.0.0.1:${(server.address() as { port: number }).port}`, quick);
    await expect(store.missing([digest])).rejects.toBeInstanceOf(StoreTrouble);
    store.close();
    server.close();
    expect(file).toBe('');
  });

  test('an action whose result names a missing or poisoned content is a miss that is told, and is built here', async () => {
    const deb = {
      name: binaryName('hello'),
      version: '1-1+bp1',
      file: 'hello_1-1+bp1_all.deb',
      contentSha256: contentDigest(sha256('c')),
    };
    const result = {
      debs: [{ ...deb, sha256: digest.sha256, bytes: 5 }],
      log: { sha256: sha256('log'), bytes: 3 },
      cpuSeconds: 1,
      sandboxed: true,
    };
    const expected = { names: [binaryName('hello')], suffix: '+bp1', architecture: 'amd64' };
    const serve = (contents: ReadonlyMap<string, string>, message = encodeActionResult(result)) =>
      serving(({ url = '' }, answer) => {
        if (url.startsWith('/ac/')) return void answer.end(message);
        const body = contents.get(url.slice(5));
        return void (body === undefined ? answer.writeHead(404).end() : answer.end(body));
      });
    const whole = new Map([
      [digest.sha256, 'right'],
      [sha256('log'), 'log'],
    ]);
    const other = encodeActionResult({ ...result, debs: [{ ...result.debs[0]!, file: '../../etc/passwd' }] });
    const cases: readonly (readonly [Store, 'hit' | 'miss', RegExp | undefined])[] = [
      [await serve(whole), 'hit', undefined],
      [await serve(new Map([...whole].slice(1))), 'miss', /not there/],
      [await serve(new Map([...whole, [digest.sha256, 'wrong']])), 'miss', /another digest/],
      [await serve(whole, other), 'miss', /is no result of it/],
      [await serve(whole, Buffer.from('junk')), 'miss', /is no result of it/],
    ];
    for (const [store, found, told] of cases) {
      const directory = fresh();
      for (const part of ['ac', 'cas']) mkdirSync(join(directory, part));
      const cache = new Cache(directory);
      const troubles: string[] = [];
      cache.shared = new SharedCache(store, 'write', (_, what) => troubles.push(what));
      const document = 'the action';
      expect((await cache.find(actionOf(document), expected, document)).found).toBe(found);
      if (told === undefined) expect(troubles).toEqual([]);
      else expect(troubles.join('\n')).toMatch(told);
    }
  });
});

describe('a large content by plain HTTP', () => {
  const large = Buffer.alloc(largeBytes + 12_345, 'so much of it ');
  const digest: Digest = { sha256: sha256(large), bytes: large.length };
  const open: SocketServer[] = [];
  afterAll(() => {
    for (const server of open) server.close();
  });
  /** A server that answers any question with these pieces; then it closes, or says nothing more. */
  async function saying(pieces: readonly (string | Buffer)[], silent = false): Promise<Store> {
    const server = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', async () => {
        for (const piece of pieces) {
          await new Promise((go) => socket.write(piece, go));
          await new Promise((go) => setImmediate(go));
        }
        if (!silent) socket.end();
      });
    });
    open.push(server);
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go));
    const access = { ...noAccess, timeoutSeconds: silent ? 1 : 60 };
    return openStore(`http://127.0.0.1:${(server.address() as { port: number }).port}`, access);
  }
  const head = (...lines: string[]): string => `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`;
  const length = `Content-Length: ${large.length}`;

  test('arrives whole, however its head and its body are cut', async () => {
    const whole = head('Server: x', length);
    const cuts: readonly (readonly (string | Buffer)[])[] = [
      [Buffer.concat([Buffer.from(whole), large])],
      [...whole, large.subarray(0, 1), large.subarray(1, 70_000), large.subarray(70_000)],
      // One that the library reads.
      [head('Transfer-Encoding: chunked'), `${large.length.toString(16)}\r\n`, large, '\r\n0\r\n\r\n'],
    ];
    for (const pieces of cuts) {
      const to = join(fresh(), 'x');
      expect(await fetchVerified(await saying(pieces), digest, to)).toBe('ok');
      expect(readFileSync(to).equals(large)).toBe(true);
    }
  });

  test('that is another, or has another length, is poisoned; one that stops is trouble in words', async () => {
    const other = Buffer.from(large);
    other[large.length - 1]! ^= 1;
    const to = join(fresh(), 'x');
    expect(await fetchVerified(await saying([head(length), other]), digest, to)).toBe('poisoned');
    expect(await fetchVerified(await saying([head(`Content-Length: ${large.length - 1}`)]), digest, to)).toBe(
      'poisoned',
    );
    const half = large.subarray(0, large.length / 2);
    const troubles: readonly (readonly [Promise<Store>, RegExp])[] = [
      [saying([head(length), half]), /closed before the end/],
      [saying([head(length), half], true), /silent for 1 seconds/],
      [saying([], true), /silent for 1 seconds/],
      [saying(['HTTP/1.1 403 No\r\n\r\n']), /403 No/],
    ];
    await Promise.all(
      troubles.map(async ([store, told]) => expect(fetchVerified(await store, digest, to)).rejects.toThrow(told)),
    );
    expect(await fetchVerified(await saying(['HTTP/1.1 404 No\r\n\r\n']), digest, to)).toBe('missing');
    expect(statSync(to, { throwIfNoEntry: false })).toBeUndefined();
    const nowhere = join(fresh(), 'no', 'x');
    await expect(fetchVerified(await saying([head(length), large]), digest, nowhere)).rejects.toThrow(/ENOENT/);
  });

  test.each([
    ['Content-Length: 5', { at: 38, length: 5 }],
    ['content-length:5\r\nX: y', { at: 43, length: 5 }],
    ['Content-Length: 5\r\nContent-Length: 5', 'other'],
    ['Content-Length: 5, 5', 'other'],
    ['Content-Length: +5', 'other'],
    ['Content-Length: 0x5', 'other'],
    ['Content-Length : 5', 'other'],
    ['Content-Length: 5\r\n  folded', 'other'],
    ['Content-Length: 5\r\nTransfer-Encoding: chunked', 'other'],
    ['Content-Length: 5\r\nContent-Encoding: gzip', 'other'],
    ['Content-Length: 5\r\nX: \u0000', 'other'],
    ['X: y', 'other'],
  ])('a head is read strictly: %j', (lines, read) => {
    expect(readHead(Buffer.from(head(lines)))).toEqual(read);
    expect(readHead(Buffer.from(head(lines).slice(0, -1)))).toBe('more');
  });
});

describe('who asks', () => {
  test.skipIf(!hasNginx)('is told by a user and a password from a file, which nobody else may read', async () => {
    const directory = fresh();
    const hash = execFileSync('openssl', ['passwd', '-apr1', 'geheim'], { encoding: 'utf8' }).trim();
    writeFileSync(join(directory, 'users'), `porter:${hash}\n`);
    const nginx = await startNginx(fresh(), { server: `auth_basic x; auth_basic_user_file ${directory}/users;` });
    execFileSync('chmod', ['0755', root]);
    const address = `http://127.0.0.1:${nginx.port}`;
    const { digest, file } = content('secret things');
    await expect(openStore(address).put(digest, file)).rejects.toThrow(/401.*see --cache-access/);
    writeFileSync(join(directory, 'access.yaml'), 'user: porter\npassword: word\n');
    writeFileSync(join(directory, 'word'), 'geheim\n', { mode: 0o644 });
    expect(() => readAccess(join(directory, 'access.yaml'))).toThrow(/can be read by others/);
    execFileSync('chmod', ['600', join(directory, 'word')]);
    const store = openStore(address, readAccess(join(directory, 'access.yaml')));
    await store.put(digest, file);
    expect(await store.missing([digest])).toEqual([]);
  });

  test.skipIf(!hasNginx)(
    'and the server by its certificate: an expired one, and one that nobody vouches for, are refused',
    async () => {
      const directory = fresh();
      const made = (name: string, days: string[]) => {
        const args = [
          'req',
          '-x509',
          '-newkey',
          'rsa:2048',
          '-nodes',
          '-subj',
          '/CN=localhost',
          '-addext',
          'subjectAltName=IP:127.0.0.1',
        ];
        execFileSync(
          'openssl',
          [...args, '-keyout', join(directory, `${name}.key`), '-out', join(directory, `${name}.pem`), ...days],
          { stdio: 'ignore' },
        );
        return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
      };
      const good = made('good', ['-days', '2']);
      const nginx = await startNginx(fresh(), { tls: good });
      const address = `https://127.0.0.1:${nginx.port}`;
      const { digest, file } = content('over TLS');
      await expect(openStore(address).put(digest, file)).rejects.toThrow(/DEPTH_ZERO_SELF_SIGNED_CERT|self.signed/);
      const store = openStore(address, { ...noAccess, ca: readFileSync(good.certificate, 'utf8') });
      await store.put(digest, file);
      expect(await fetchVerified(store, digest, join(fresh(), 'x'))).toBe('ok');
      const asked = 'req -new -newkey rsa:2048 -nodes -subj /CN=localhost -keyout old.key -out old.csr';
      const signed = 'x509 -req -in old.csr -signkey old.key -days -1 -out old.pem';
      for (const words of [asked, signed])
        execFileSync('openssl', words.split(' '), { cwd: directory, stdio: 'ignore' });
      const old = { certificate: join(directory, 'old.pem'), key: join(directory, 'old.key') };
      const late = await startNginx(fresh(), { tls: old });
      const expired = openStore(`https://127.0.0.1:${late.port}`, {
        ...noAccess,
        ca: readFileSync(old.certificate, 'utf8'),
      });
      await expect(expired.put(digest, file)).rejects.toThrow(/CERT_HAS_EXPIRED|expired/);
    },
  );

  test('a private key that others can read is refused; who is not let in is told where to say who asks', async () => {
    const directory = fresh();
    writeFileSync(join(directory, 'access.yaml'), 'certificate: me.pem\nkey: me.key\n');
    writeFileSync(join(directory, 'me.pem'), 'a certificate');
    writeFileSync(join(directory, 'me.key'), 'a key', { mode: 0o640 });
    expect(() => readAccess(join(directory, 'access.yaml'))).toThrow(/me.key can be read by others/);
    execFileSync('chmod', ['600', join(directory, 'me.key')]);
    expect(readAccess(join(directory, 'access.yaml'))).toMatchObject({ certificate: 'a certificate', key: 'a key' });
    const channel = new GrpcChannel('grpc://127.0.0.1:1', noAccess);
    const refusal = Object.assign(new Error(), {
      code: status.UNAUTHENTICATED,
      details: 'who?',
      metadata: new Metadata(),
    });
    expect(channel.trouble('asking', refusal).message).toMatch(/UNAUTHENTICATED: who\?; see --cache-access$/);
    channel.close();
  });

  test('an address with a password in it is refused: others see command lines', () => {
    expect(() => openStore('https://me:word@cache.example')).toThrow(/holds no password/);
    expect(() => openStore('ftp://cache.example')).toThrow(/no address of a cache/);
  });
});

describe('Bazel itself', () => {
  test.skipIf(!hasBazelWorker || !hasNginx)('shares a cache with us, and neither hurts the other', async () => {
    const nginx = await startNginx(fresh());
    const store = openStore(`http://127.0.0.1:${nginx.port}`);
    const { digest, file } = content('a package of ours');
    await store.put(digest, file);
    const action = { sha256: sha256('our action'), bytes: 10 };
    await store.putResult(action, Buffer.from('our result'));
    const workspace = fresh();
    writeFileSync(join(workspace, 'WORKSPACE'), '');
    writeFileSync(join(workspace, 'BUILD'), 'genrule(name = "hello", outs = ["hello.txt"], cmd = "echo hello >$@")\n');
    const build = (base: string): string => {
      const flags = [`--output_base=${base}`, '--batch', '--max_idle_secs=1'];
      const cached = [
        'build',
        '//:hello',
        `--remote_cache=http://127.0.0.1:${nginx.port}`,
        '--noshow_progress',
        '--color=no',
      ];
      const ended = spawnSync('bazel', [...flags, ...cached], {
        cwd: workspace,
        encoding: 'utf8',
        env: { ...process.env, HOME: root },
      });
      expect([ended.status, ended.stderr]).toEqual([0, expect.any(String)]);
      return ended.stderr;
    };
    build(fresh());
    expect(build(fresh())).toMatch(/1 remote cache hit/);
    expect(await store.missing([digest])).toEqual([]);
    expect(Buffer.from((await store.getResult(action))!).toString()).toBe('our result');
  });
});
