/**
 * What a build dependency is for, as far as names tell, and so how plausible it is that the source builds without it. A
 * guess is a proposal to a human being, never more; what cannot be guessed is not proposed.
 */
import type { Binary, Source } from '../../model.ts';
import { isWrittenIn, languages } from './languages.ts';
import { judge, ofAnotherAbi } from './plausibility.ts';
import { isBuildSystem } from './undroppable.ts';

/** What a line is for; docs/proposals.md says what each class promises. */
export type EditClass = 'unused' | 'tried' | 'documentation' | 'tests' | 'listed' | 'bindings' | 'biarch' | 'features';

/** What somebody knows, instead of a name that says it: allowed however bold one is. */
export const knownClasses: ReadonlySet<EditClass> = new Set(['unused', 'tried', 'listed']);

/** Most plausible first. */
export const editClasses: readonly EditClass[] = [
  'unused',
  'tried',
  'documentation',
  'tests',
  'listed',
  'bindings',
  'biarch',
  'features',
];

/** A class, and what the guess goes by. */
export interface Guess {
  readonly kind: EditClass;
  /** The registered profile that says it; undefined when a private one has to. */
  readonly profile: string | undefined;
  /** Where the guess comes from: the name of a rule, or of a file. */
  readonly because: string;
  /** Binaries of the source that cannot be built without it. */
  readonly loses: RegExp | undefined;
}

/**
 * Libraries that add a way in or out and little else: directories, printing, sound, desktops, hardware, databases.
 * Programs of all kinds can be configured without them.
 */
const optional =
  /^(libldap2?-dev|libsasl2-dev|libkrb5-dev|heimdal-.*dev|libcups2-dev|libcupsimage2-dev|libavahi-.*-dev|libsystemd-dev|systemd(-dev)?|libudev-dev|libselinux1-dev|libsemanage-dev|libsepol-dev|libaudit-dev|libapparmor-dev|libcap-ng-dev|libdbus-1-dev|libdbus-glib-1-dev|libpcsclite-dev|libcryptsetup-dev|libgtk2?-?[\d.]*-?\d?-dev|libgtk-[234](\.0)?-dev|libx11-dev|libxt-dev|libxext-dev|libxft-dev|libxmu-dev|libxaw7-dev|libxpm-dev|libwayland-dev|qt.*-dev|libqt.*-dev|libpulse-dev|libjack.*-dev|libasound2-dev|libsndio-dev|libsdl.*-dev|libunwind-dev|libunwind8-dev|libnuma-dev|libbluetooth-dev|libusb-.*-dev|libmysqlclient-dev|libmariadb-dev.*|default-libmysqlclient-dev|libpq-dev|unixodbc-dev|libgpm-dev|libiptc-dev|libcurl4-.*-dev|libfido2-dev|libtss2-dev|libp11-kit-dev|libgeoip-dev|libmaxminddb-dev|libwebp-dev|libheif-dev|libopenjp2-7-dev|librsvg2-dev|libwmf-dev|libdjvulibre-dev|libpoppler-.*dev|libgs-dev|libspectre-dev|libmagick.*-dev|libgraphviz-dev|libgd-dev|libotf-dev|libm17n-dev|libelogind-dev|libpolkit-.*-dev|libseccomp-dev|libbpf-dev|libnl-.*-dev|libsnappy-dev|librabbitmq-dev|libmemcached-dev|libhiredis-dev|libibverbs-dev|librdmacm-dev|libiodbc2-dev|libsecret-1-dev|libnotify-dev|libcanberra.*-dev|libgdk-pixbuf.*-dev|libpango1.0-dev|libcairo2-dev|libatk.*-dev|libenchant.*-dev|libaspell-dev|libhunspell-dev|libproxy-dev|librtmp-dev|libssh2-1-dev|libssh-.*dev|libpsl-dev|libnghttp2-dev|libbabeltrace-dev|libdebuginfod-dev|libipt-dev|libsource-highlight-dev|libtracefs-dev|libtraceevent-dev|libslang2-dev|libopenmpi-dev|libmpich-dev|mpi-default-dev|ocl-icd-opencl-dev|libgsl-dev|liblirc-dev|libcaca-dev|libaa1-dev|libdirectfb-dev|libdecor-.*|libibus-1.0-dev|fcitx-libs-dev|libimobiledevice-dev|libgphoto2-dev|libsane-dev|libzbar-dev|libv4l-dev|libcdio.*-dev|libdvd.*-dev|libbluray-dev|libcephfs-dev|librbd-dev|librados-dev|glusterfs.*|libiscsi-dev|libspice-.*-dev|libvirglrenderer-dev|libvte.*-dev|libbrlapi-dev|libslirp-dev|libfuse.*-dev|libvdeplug-dev)$/;

/** What is not built under a registered profile, by its name; undefined where names do not say it. */
export function leftOutUnder(profile: string | undefined): RegExp | undefined {
  if (profile === 'nodoc') return /-docs?$/;
  if (profile === 'nobiarch') return ofAnotherAbi;
  return profile === undefined ? undefined : languages.find((l) => l.profile === profile)?.built;
}

const isDoc = (b: Binary) => b.section.endsWith('doc') || /-doc$/.test(b.name);

/** What a dependency of a source is for; undefined when the source is not to be built without it. */
export function guess(source: Source, built: readonly Binary[], dependency: Binary, isOwn: boolean): Guess | undefined {
  const { name, section } = dependency;
  if (isBuildSystem(name)) return undefined;
  const judged = judge(name, section);
  if (judged.purpose === 'documentation' || judged.purpose === 'tests') {
    // A program that runs it later is about it; a source of documentation builds nothing else.
    const runs = built.some((b) => b.depends.some((g) => g.some((r) => r.name === name)));
    const onlyDocs = judged.purpose === 'documentation' && (source.section === 'doc' || built.every(isDoc));
    if (runs || onlyDocs) return undefined;
    return { kind: judged.purpose, profile: judged.profile, because: `the name ${name}`, loses: undefined };
  }
  if (judged.purpose === 'biarch')
    return {
      kind: 'biarch',
      profile: judged.profile,
      because: `the name ${name}`,
      loses: ofAnotherAbi,
    };
  const language = languages.find((l) => l.asked.test(name));
  if (language !== undefined) {
    if (isOwn || isWrittenIn(language, source, built)) return undefined;
    const binds = built.some((b) => language.built.test(b.name));
    const because = `the language ${language.name}`;
    if (language.tool.test(name)) return undefined;
    const vala = language.name === 'vala' && built.some((b) => b.name.startsWith('gir1.2-'));
    if (binds || vala || language.name === 'java')
      return { kind: 'bindings', profile: language.profile, because, loses: language.built };
    // An interpreter that a program embeds.
    return /-dev$/.test(name) ? { kind: 'features', profile: undefined, because, loses: undefined } : undefined;
  }
  if (/^swig/.test(name) && languages.some((l) => built.some((b) => l.built.test(b.name))))
    return { kind: 'bindings', profile: undefined, because: 'the name swig', loses: undefined };
  if (!isOwn && optional.test(name))
    return { kind: 'features', profile: undefined, because: `the optional library ${name}`, loses: undefined };
  return undefined;
}
