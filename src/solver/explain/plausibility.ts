/**
 * How plausible it is that a source builds without a dependency: what writes documentation, runs tests or binds another
 * language is usually droppable; a library or a compiler is usually not. Judged from names and sections alone, so it
 * ranks proposals and decides nothing.
 */
export type Purpose = 'documentation' | 'tests' | 'bindings' | 'biarch' | 'other';

/** Most plausible first. */
export const purposes: readonly Purpose[] = ['documentation', 'tests', 'bindings', 'biarch', 'other'];

interface Rule {
  readonly purpose: Purpose;
  readonly names: RegExp;
  /** The registered build profile that means "without it", if there is one. */
  readonly profile: string | undefined;
}

const documentation =
  /^(doxygen|gtk-doc-tools|gi-docgen|texinfo|texlive.*|texi2html|docbook.*|dblatex|xmlto|xsltproc|asciidoc.*|ruby-asciidoctor|groff|help2man|man2html.*|ghostscript|poppler-utils|netpbm|psutils|graphviz|pandoc|po4a|txt2man|ronn|ruby-ronn|lynx|w3m|links|fop|latexmk|lmodern|opensp|openjade|jade|sgml.*|hevea|tidy|yelp.*|gnome-doc-utils|valadoc|source-highlight|highlight|imagemagick|inkscape|librsvg2-bin|fig2dev|transfig|dia|gnuplot.*|naturaldocs|scdoc|mkdocs.*|sphinx.*|python3-sphinx.*|python3-docutils|python3-myst.*|python3-recommonmark|rst2pdf|hotdoc|.*-doc|.*-doc-.*)$/;
const tests =
  /^(check|dejagnu|expect|bats|kyua|atf-sh|libatf.*|cppunit|libcppunit.*|libcmocka.*|libgtest.*|googletest|google-mock|libgmock.*|catch2?|doctest-dev|subunit|libsubunit.*|valgrind.*|xvfb|xauth|dbus-x11|lsof|strace|gdb|faketime|libfaketime|tap|lcov|gcovr|junit.*|testng|mocha|node-tap|node-mocha|node-jest|ruby-rspec.*|ruby-test.*|ruby-minitest.*|phpunit.*|perl-testsuite|libtest-.*-perl|libtest-.*|python3-(pytest|nose|mock|hypothesis|testtools|unittest).*|cython3-dbg|hunspell-en-us|locales-all|iso-codes|tzdata|netcat.*|iproute2|procps|psmisc)$/;
const languages: readonly (readonly [RegExp, string])[] = [
  [/^(python3.*|cython.*|dh-python|pybuild.*|python-.*|pypy.*)$/, 'nopython'],
  [/^(libperl-dev|perl-.*|lib.*-perl)$/, 'noperl'],
  [/^(ruby.*|gem2deb.*)$/, 'noruby'],
  [/^(golang.*|dh-golang|gccgo.*)$/, 'nogolang'],
  [/^(default-j.*|openjdk.*|javahelper|java-.*|lib.*-java|ant|maven.*)$/, 'nojava'],
  [/^(lua.*|liblua.*|dh-lua)$/, 'nolua'],
  [/^(ocaml.*|dh-ocaml|lib.*-ocaml.*)$/, 'noocaml'],
  [/^(guile.*)$/, 'noguile'],
  [/^(mono.*|cli-.*|libmono.*|lib.*-cil.*)$/, 'nocil'],
  [/^(wasi-.*|emscripten|binaryen)$/, 'nowasm'],
  [/^(mingw.*|gcc-mingw.*|g\+\+-mingw.*)$/, 'nowindows'],
  [/^(gobject-introspection.*|libgirepository.*|gir1\.2-.*|dh-sequence-gir)$/, 'nogir'],
];
/** Libraries and compilers for another ABI of the same machine; those of glibc have its name at the end. */
export const ofAnotherAbi =
  /^(.*-multilib|lib(32|64|x32|n32).*|libc\d[\d.]*(-dev)?-(amd64|i386|mips32|mips64|mipsn32|powerpc|ppc64|s390|sparc|sparc64|x32))$/;
/** Bindings without a registered profile of their own. */
const otherBindings = /^(swig.*|valac.*|libvala.*|php.*|tcl.*|tk.*|r-base.*|octave.*|node-.*|ghc|libghc-.*)$/;

/** What a dependency is probably for. */
export interface Judgement {
  readonly purpose: Purpose;
  /** A registered profile that says it better than a stage does, if there is one. */
  readonly profile: string | undefined;
}

const rules: readonly Rule[] = [
  { purpose: 'tests', names: tests, profile: 'nocheck' },
  { purpose: 'documentation', names: documentation, profile: 'nodoc' },
  ...languages.map(([names, profile]) => ({ purpose: 'bindings' as const, names, profile })),
  { purpose: 'bindings', names: otherBindings, profile: undefined },
  { purpose: 'biarch', names: ofAnotherAbi, profile: 'nobiarch' },
];

/** What a source says by a registered profile that it leaves a dependency out under; undefined for other profiles. */
export const purposeOfProfile = (profile: string): Purpose | undefined =>
  rules.find((r) => r.profile === profile)?.purpose;

/**
 * @param name the binary that a build dependency names
 * @param section of that binary, which says `doc` of documentation
 */
export function judge(name: string, section: string): Judgement {
  const rule = rules.find((r) => r.names.test(name));
  if (rule !== undefined) return { purpose: rule.purpose, profile: rule.profile };
  return section.endsWith('doc')
    ? { purpose: 'documentation', profile: 'nodoc' }
    : { purpose: 'other', profile: undefined };
}
