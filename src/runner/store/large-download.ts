/**
 * A large content by plain HTTP, with nothing between the socket and the file: the parser of Node takes longer for a
 * body than receiving, hashing and writing it. Only the one answer is read here that is as simple as it can be;
 * everything else, refusals too, is for the library.
 */
import { connect, type Socket } from 'node:net';
import type { Access } from './access.ts';
import { HashedFile } from './hashed-file.ts';
import { readHead } from './response-head.ts';
import { type Digest, StoreTrouble } from './store.ts';

/** Below this, the thread costs more than it saves. */
export const largeBytes = 32 << 20;

/**
 * Writes a content to a new file, as it comes.
 *
 * @param address with http:
 * @returns what was written; undefined when the answer is another than the whole content of that length
 * @throws StoreTrouble when there is no server, it breaks off, or is silent for too long; what writing fails with
 */
export async function downloadLarge(
  address: URL,
  digest: Digest,
  file: string,
  { authorization, timeoutSeconds }: Access,
): Promise<Digest | undefined> {
  const to = await HashedFile.create(file);
  try {
    const question = [
      `GET ${address.pathname} HTTP/1.1`,
      `Host: ${address.host}`,
      'User-Agent: bootplan',
      'Accept-Encoding: identity',
      ...(authorization === undefined ? [] : [`Authorization: ${authorization}`]),
      'Connection: close',
    ];
    const came = await received(to, address, `${question.join('\r\n')}\r\n\r\n`, digest.bytes, timeoutSeconds);
    return came ? await to.finish() : undefined;
  } finally {
    await to.close();
  }
}

/** Whether the whole body was received. */
function received(to: HashedFile, address: URL, question: string, length: number, seconds: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let left: number | undefined;
    let waits = false;
    const end = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const trouble = (what: string, cause?: unknown) =>
      fail(new StoreTrouble(address.origin, what, true, cause === undefined ? undefined : { cause }));
    /** Whether to go on reading now. */
    const part = (bytes: number): boolean => {
      to.put(bytes);
      if (left === undefined) {
        const head = readHead(to.waiting);
        if (head === 'more') return true;
        if (head === 'other' || head.length !== length) {
          end(false);
          return false;
        }
        to.drop(head.at);
        left = length - to.waiting.length;
      } else left -= bytes;
      // More than was announced is another content.
      if (left <= 0) {
        end(left === 0);
        return false;
      }
      to.take(false);
      waits = !to.hasRoom;
      return !waits;
    };
    const socket: Socket = connect({
      host: address.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: Number(address.port || 80),
      onread: {
        buffer: () => to.room,
        callback: (bytes) => {
          try {
            return part(bytes);
          } catch (error) {
            fail(error);
            return false;
          }
        },
      },
    });
    to.onRoom = () => {
      if (!waits) return;
      waits = false;
      socket.resume();
    };
    socket.on('connect', () => socket.write(question));
    // While the disk is waited for, the server cannot but be silent.
    socket.setTimeout(seconds * 1000, () => waits || trouble(`silent for ${seconds} seconds`));
    socket.on('error', (error: NodeJS.ErrnoException) => trouble(`${error.code}: ${error.message}`, error));
    socket.on('end', () => trouble('the connection was closed before the end'));
    socket.on('close', () => trouble('the connection was closed before the end'));
  });
}
