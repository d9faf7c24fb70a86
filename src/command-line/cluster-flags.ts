/** The flags of `run` and `stage` for shared caches and for machines that build. */
import * as Flags from '@oclif/core/flags';

/** The flags of commands that ask a shared cache. */
export const cacheFlags = {
  cache: Flags.string({
    helpValue: 'URL',
    env: 'BOOTPLAN_CACHE',
    description: 'share results of builds with others: http(s):// or grpc(s)://, host, port, path',
  }),
  'cache-access': Flags.string({
    helpValue: 'FILE',
    env: 'BOOTPLAN_CACHE_ACCESS',
    description: 'a YAML file that says how that server is spoken to: certificates, user, token',
  }),
};

/** The flags of commands that have others build. */
export const clusterFlags = {
  ...cacheFlags,
  'cache-mode': Flags.string({
    options: ['read', 'write', 'compare'],
    default: 'write',
    description: 'take results, also give them, or build everything here and only compare',
  }),
  executor: Flags.string({
    helpValue: 'slurm|URL',
    description: 'who builds: a Slurm cluster, or a farm that speaks the Remote Execution API at grpc(s)://',
  }),
  'executor-config': Flags.string({
    helpValue: 'FILE',
    description: 'a YAML file about the machines: how an architecture is chosen, what they run',
  }),
};

/** The same, parsed. */
export interface ClusterFlags {
  readonly cache?: string | undefined;
  readonly 'cache-access'?: string | undefined;
  readonly 'cache-mode'?: string | undefined;
  readonly executor?: string | undefined;
  readonly 'executor-config'?: string | undefined;
}
