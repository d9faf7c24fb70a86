/** Addresses of stores, and the file that says how their servers are spoken to. */
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { EnvironmentError, exitCode } from '../../errors.ts';
import { misfits } from '../../metadata/yaml/schema.ts';
import { yamlWords } from '../../metadata/yaml/yaml.ts';
import { wholeText } from '../../whole-file.ts';
import { type Access, noAccess } from './access.ts';
import { GrpcStore } from './grpc-store.ts';
import { HttpStore } from './http-store.ts';
import type { Store } from './store.ts';

const wrong = (file: string, what: string): EnvironmentError =>
  new EnvironmentError(`${file}: ${what}`, exitCode.configuration, 'docs/clusters.md shows what such a file holds');

interface AccessFile {
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
  /** Seconds, as the file has it. */
  readonly timeout?: number;
  readonly instance?: string;
}

/**
 * Reads how a server is spoken to. Every secret is the name of a file beside it, and none is ever shown.
 *
 * @throws EnvironmentError (78)
 */
export function readAccess(file: string): Access {
  const read = (name: string): string => {
    const path = resolve(dirname(file), name);
    try {
      return wholeText(path);
    } catch (error) {
      throw wrong(
        file,
        `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`,
      );
    }
  };
  const guarded = (name: string): string => {
    const text = read(name);
    if (process.getuid && (statSync(resolve(dirname(file), name)).mode & 0o044) !== 0)
      throw wrong(file, `${name} can be read by others: chmod 600`);
    return text;
  };
  const secret = (name: string): string => {
    const text = guarded(name).trim();
    if (text === '' || /[\r\n]/.test(text)) throw wrong(file, `${name} must hold one line`);
    return text;
  };
  let value: unknown;
  try {
    value = parse(wholeText(file, 'named')) ?? {};
  } catch (error) {
    throw wrong(file, yamlWords(error));
  }
  const [misfit] = misfits(value, 'cache-access');
  if (misfit !== undefined) throw wrong(file, `${misfit.instancePath || 'it'} ${misfit.message}`);
  const { ca, certificate, key, token, user, password, timeout, instance } = value as AccessFile;
  const authorization =
    token !== undefined
      ? `Bearer ${secret(token)}`
      : user !== undefined && password !== undefined
        ? `Basic ${Buffer.from(`${user}:${secret(password)}`).toString('base64')}`
        : undefined;
  return {
    ...(ca !== undefined && { ca: read(ca) }),
    ...(certificate !== undefined && { certificate: read(certificate) }),
    ...(key !== undefined && { key: guarded(key) }),
    ...(authorization !== undefined && { authorization }),
    timeoutSeconds: timeout ?? noAccess.timeoutSeconds,
    instance: instance ?? '',
  };
}

/** @throws EnvironmentError (64) for what is no address of a store */
export function openStore(address: string, access: Access = noAccess): Store {
  const refuse = (why: string, help: string): EnvironmentError => new EnvironmentError(why, exitCode.usage, help);
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.username || url?.password)
    throw refuse(
      'an address of a cache holds no password: others see command lines',
      'put it into a file, see --cache-access',
    );
  switch (url?.protocol) {
    case 'http:':
    case 'https:':
      return new HttpStore(address, access);
    case 'grpc:':
    case 'grpcs:':
      return new GrpcStore(address, access);
    default:
      throw refuse(
        `"${address}" is no address of a cache`,
        'give http://, https://, grpc:// or grpcs:// with host and port',
      );
  }
}
