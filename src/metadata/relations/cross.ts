/** What Debian has named for cross builds. */

/** The build profile that is active in cross builds, and in no other. It is no stage, and promises none. */
export const crossProfile = 'cross';

/** The cross toolchain, as build daemons install it beside build-essential. */
export const crossToolchain = (host: string): string => `crossbuild-essential-${host}`;
