/**
 * Bazel's HTTP cache protocol (bazel.build/remote/caching#http-caching): GET, HEAD and PUT of `/ac/<sha256>` and
 * `/cas/<sha256>` below a base address. A directory behind a web server with WebDAV's PUT is enough.
 */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Writable } from 'node:stream';
import type { Access } from './access.ts';
import { downloadLarge, largeBytes } from './large-download.ts';
import { inParallel, untilItPasses } from './retry.ts';
import { sendFile } from './send-file.ts';
import { type Arrived, type Digest, type Store, StoreTrouble } from './store.ts';
import { writeContent } from './write-content.ts';

/** Results are small; what is larger than this is none. */
const largestResult = 16 << 20;
/** Questions that are on their way at the same time. */
const atOnce = 16;

/** What went wrong below HTTP, in words. */
const causeOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined ? String((error as Error).message ?? error) : `${code}: ${(error as Error).message}`;
};

/** A store behind a web server. */
export class HttpStore implements Store {
  readonly name: string;
  private readonly base: string;
  private readonly access: Access;
  private readonly agent: HttpAgent | HttpsAgent;

  /** @param base `http://HOST[:PORT][/PATH]` or https, without user and password */
  constructor(base: string, access: Access) {
    this.name = base;
    this.base = base.replace(/\/+$/, '');
    this.access = access;
    const { ca, certificate: cert, key } = access;
    this.agent = this.base.startsWith('https:')
      ? new HttpsAgent({
          keepAlive: true,
          maxSockets: atOnce,
          ...(ca && { ca }),
          ...(cert && { cert }),
          ...(key && { key }),
        })
      : new HttpAgent({ keepAlive: true, maxSockets: atOnce });
  }

  /** One request; the answer's body must be read. @throws StoreTrouble when none comes */
  private ask(
    method: 'GET' | 'HEAD' | 'PUT',
    path: string,
    body?: { readonly bytes: number; readonly send: (to: Writable) => Promise<void> },
  ): Promise<IncomingMessage> {
    const { authorization, timeoutSeconds } = this.access;
    const send = this.base.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise((answer, refuse) => {
      const fail = (error: unknown) => refuse(new StoreTrouble(this.name, causeOf(error), true, { cause: error }));
      const asked = send(`${this.base}${path}`, {
        method,
        agent: this.agent,
        headers: {
          'user-agent': 'bootplan',
          ...(authorization !== undefined && { authorization }),
          ...(body && { 'content-length': body.bytes, 'content-type': 'application/octet-stream' }),
        },
      });
      asked.setTimeout(timeoutSeconds * 1000, () => asked.destroy(new Error(`silent for ${timeoutSeconds} seconds`)));
      asked.on('response', answer).on('error', fail);
      if (body === undefined) asked.end();
      else
        body.send(asked).then(
          () => asked.end(),
          (error: unknown) => {
            asked.destroy();
            fail(error);
          },
        );
    });
  }

  /** What an answer means that is neither yes nor "not found". */
  private unexpected(response: IncomingMessage, doing: string): StoreTrouble {
    response.resume();
    const { statusCode = 0, statusMessage = '' } = response;
    const why =
      statusCode === 401 || statusCode === 403
        ? '; see --cache-access'
        : statusCode === 507
          ? '; its disk is full'
          : '';
    const passing = statusCode >= 500 && statusCode !== 507 && statusCode !== 501;
    return new StoreTrouble(this.name, `${doing}: the server says ${statusCode} ${statusMessage}${why}`, passing);
  }

  async getResult(action: Digest): Promise<Uint8Array | undefined> {
    return untilItPasses(async () => {
      const response = await this.ask('GET', `/ac/${action.sha256}`);
      if (response.statusCode === 404) return void response.resume();
      if (response.statusCode !== 200) throw this.unexpected(response, `reading result ${action.sha256}`);
      const parts: Buffer[] = [];
      let bytes = 0;
      try {
        for await (const part of response as AsyncIterable<Buffer>) {
          bytes += part.length;
          if (bytes > largestResult) break;
          parts.push(part);
        }
      } catch (error) {
        throw new StoreTrouble(this.name, `broke off a result: ${causeOf(error)}`, true, { cause: error });
      }
      return bytes > largestResult ? new Uint8Array() : Buffer.concat(parts);
    });
  }

  async putResult(action: Digest, message: Uint8Array): Promise<void> {
    await this.send(`/ac/${action.sha256}`, message.length, async (to) => void to.write(message));
  }

  async missing(digests: readonly Digest[]): Promise<readonly Digest[]> {
    const there = await inParallel(atOnce, digests, (digest) =>
      untilItPasses(async () => {
        const response = await this.ask('HEAD', `/cas/${digest.sha256}`);
        response.resume();
        if (response.statusCode === 200) {
          const length = response.headers['content-length'];
          return length === undefined || Number(length) === digest.bytes;
        }
        // Not every server answers HEAD: what is not known to be there is sent again.
        if ([404, 405, 501].includes(response.statusCode ?? 0)) return false;
        throw this.unexpected(response, `looking for ${digest.sha256}`);
      }),
    );
    return digests.filter((_, i) => !there[i]);
  }

  async fetch(digest: Digest, file: string): Promise<Arrived> {
    return untilItPasses(async () => {
      const address = new URL(`${this.base}/cas/${digest.sha256}`);
      if (digest.bytes >= largeBytes && address.protocol === 'http:') {
        const came = await downloadLarge(address, digest, file, this.access);
        if (came !== undefined) return came;
      }
      const response = await this.ask('GET', `/cas/${digest.sha256}`);
      if (response.statusCode === 404) {
        response.resume();
        return 'missing';
      }
      if (response.statusCode !== 200) throw this.unexpected(response, `reading ${digest.sha256}`);
      const length = response.headers['content-length'];
      // What is announced with another length is not the content: nobody need read it, however long it is.
      if (length !== undefined && Number(length) !== digest.bytes) {
        response.destroy();
        return 'other';
      }
      try {
        return await writeContent(file, response as AsyncIterable<Buffer>, digest.bytes);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOSPC' || code === 'EDQUOT') throw error;
        throw new StoreTrouble(this.name, `broke off ${digest.sha256}: ${causeOf(error)}`, true, { cause: error });
      }
    });
  }

  async put(digest: Digest, file: string): Promise<void> {
    await this.send(`/cas/${digest.sha256}`, digest.bytes, (to) => sendFile(file, to));
  }

  private send(path: string, bytes: number, send: (to: Writable) => Promise<void>): Promise<void> {
    return untilItPasses(async () => {
      const response = await this.ask('PUT', path, { send, bytes });
      const { statusCode = 0 } = response;
      if (statusCode < 200 || statusCode > 299) throw this.unexpected(response, `writing ${path}`);
      response.resume();
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
