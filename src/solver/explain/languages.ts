/**
 * Which programming language a package is about, by its name: bindings can be left out of a build, the language that a
 * source is written in cannot. Names follow Debian's language policies (`python3-NAME`, `libNAME-perl`, ...).
 */

/** One language, by the names of the packages that belong to it. */
export interface Language {
  readonly name: string;
  /** Build dependencies that are there for the language's sake. */
  readonly asked: RegExp;
  /** Binaries that are of no use without it. */
  readonly built: RegExp;
  /** The interpreter or compiler itself: build systems run it, whatever the source is written in. */
  readonly tool: RegExp;
  /** The registered build profile that leaves its bindings out, if there is one. */
  readonly profile: string | undefined;
}

const language = (name: string, asked: RegExp, built: RegExp, tool: RegExp, profile?: string): Language => ({
  name,
  asked,
  built,
  tool,
  profile,
});
const never = /^$/;

/** In the order in which they are asked: the first that fits is the one. */
export const languages: readonly Language[] = [
  language(
    'python',
    /^(python3?(-.*)?|python3\.\d+.*|cython.*|dh-python|dh-sequence-python3|pybuild.*|pypy.*|libpython3.*|libboost-python.*|libboost-mpi-python.*)$/,
    /^(python3?-|python3\.|libpython|pypy|libboost-.*(python|numpy))/,
    /^(python3?(-minimal|-distutils)?|python3\.\d+)$/,
    'nopython',
  ),
  language(
    'perl',
    /^(libperl-dev|perl(-.*)?|lib.*-perl)$/,
    /^(lib.*-perl|perl(-|$)|libperl)/,
    /^perl(-base)?$/,
    'noperl',
  ),
  language('ruby', /^(ruby.*|gem2deb.*)$/, /^(ruby|libruby)/, /^ruby([\d.]*)$/, 'noruby'),
  language('go', /^(golang.*|dh-golang|gccgo.*)$/, /^(golang|gccgo|libgo\d)/, /^(golang-any|golang-go)$/, 'nogolang'),
  language(
    'java',
    /^(default-j.*|openjdk.*|javahelper|java-.*|lib.*-java|ant|maven.*)$/,
    /(-java$|-java-|^openjdk|^default-j|-jni$|^ant$|^maven)/,
    never,
    'nojava',
  ),
  language('lua', /^(lua.*|liblua.*|dh-lua)$/, /^(lua|liblua)/, /^lua([\d.]*)$/, 'nolua'),
  language('ocaml', /^(ocaml.*|dh-ocaml|lib.*-ocaml.*)$/, /(^ocaml|-ocaml(-dev)?$)/, /^ocaml.*$/, 'noocaml'),
  language('guile', /^(guile-.*)$/, /^(guile-|libguile)/, never, 'noguile'),
  language('mono', /^(mono.*|cli-.*|libmono.*|lib.*-cil.*)$/, /(^mono|^libmono|-cil(-dev)?$|^cli-)/, never, 'nocil'),
  language('wasm', /^(wasi-.*|emscripten|binaryen)$/, /wasi|wasm/, never, 'nowasm'),
  language(
    'windows',
    /^(mingw.*|gcc-mingw.*|g\+\+-mingw.*|binutils-mingw.*)$/,
    /(mingw|win32|win64)/,
    never,
    'nowindows',
  ),
  language(
    'introspection',
    /^(gobject-introspection.*|libgirepository.*|gir1\.2-.*|dh-sequence-gir)$/,
    /^(gir1\.2-|gobject-introspection|libgirepository)/,
    never,
    'nogir',
  ),
  language('vala', /^(valac.*|libvala.*|valadoc)$/, /^(valac|libvala|valadoc)/, never),
  language('php', /^(php.*|dh-php|libphp.*)$/, /^(php|libphp)/, never),
  language('tcl', /^(tcl.*|tk.*)$/, /(^tcl|^tk|-tcl|tcl$)/, /^(tcl|tk)([\d.]*)$/),
  language('r', /^(r-base.*|r-cran-.*)$/, /^r-/, never),
  language('octave', /^(octave.*|dh-octave|liboctave.*)$/, /^(octave|liboctave)/, never),
  language('node', /^(node-.*|nodejs|dh-nodejs|libnode-dev)$/, /^(node-|nodejs|libnode)/, /^nodejs$/),
  language('haskell', /^(ghc.*|libghc-.*|haskell-.*)$/, /^(ghc|libghc-)/, /^ghc$/),
  language('rust', /^(rustc.*|cargo.*|librust-.*|dh-cargo)$/, /^(rustc|cargo|librust-)/, /^(rustc|cargo).*$/),
  language('ada', /^(gnat.*|dh-ada-.*)$/, /^(gnat|libgnat|lib.*-ada)/, /^gnat.*$/),
];

const apart = /(-doc|-dbg|-dbgsym|-data|-common)$/;

/** Whether a source is for that language in the first place: by its name, its section, or all that it builds. */
export function isWrittenIn(
  { built }: Language,
  source: { readonly name: string; readonly section: string },
  binaries: readonly { readonly name: string }[],
): boolean {
  if (built.test(source.name)) return true;
  const proper = binaries.filter((b) => !apart.test(b.name));
  return proper.length > 0 && proper.every((b) => built.test(b.name));
}
