/**
 * What carries the words of a build to its log: a pipe, so that no build has the log itself open, and a reader that
 * never lets the build wait and never writes more than the log may hold. Of a longer log the beginning and the end are
 * kept; the lines that say which step begins get there at once, wherever they are.
 */
import { stepMarker } from '../recipe/step-marker.ts';

/** Bytes of the end that are kept, and of lines with a marker from what is left out. */
const mostTail = 2 ** 22;
const mostMarks = 2 ** 16;
/** For the two lines that tell of what is left out. */
const notes = 256;

/**
 * perl-base is on every Debian system. Arguments: bytes of the beginning, of the end, of lines with a marker, the
 * marker. It ends when nobody has the other end of the pipe any more, and by no signal that is meant for the build.
 */
const keep = `
$SIG{$_} = "IGNORE" for qw(TERM INT HUP QUIT);
my ($head, $tail, $marks, $marker) = @ARGV;
my ($line, $ring, $gone) = ("", "", 0);
sub say_all { my $text = shift; while (length $text) { my $n = syswrite(STDOUT, $text) or exit 1; substr($text, 0, $n, "") } }
while (sysread(STDIN, my $piece, 65536)) {
  if ($head > 0) {
    my $first = substr($piece, 0, $head, "");
    say_all($first);
    $head -= length $first;
    $line = substr($first, (rindex($first, "\\n") + 1));
    next unless length $piece;
    say_all("\\n... this log is too long: what follows is left out, but for its end ...\\n");
  }
  my $seen = $line . $piece;
  if ($marks > 0 && index($seen, $marker) >= 0) {
    while ($seen =~ /^.{0,200}\\Q$marker\\E.{1,200}\\n/mg) { last if ($marks -= length $&) < 0; say_all($&) }
  }
  $line = substr($seen, (rindex($seen, "\\n") + 1));
  $line = substr($line, -400) if length $line > 400;
  $ring .= $piece;
  if (length $ring > 2 * $tail) { my $over = length($ring) - $tail; $gone += $over; substr($ring, 0, $over, "") }
}
if (length $ring > $tail) {
  my $over = length($ring) - $tail;
  my $end = index($ring, "\\n", $over);
  $over = $end + 1 if $end >= 0 && $end - $over < 4096;
  $gone += $over;
  substr($ring, 0, $over, "");
}
say_all("... $gone bytes are left out here ...\\n") if $gone > 0;
say_all($ring);
`;

/** How the bytes of a log are shared out. */
export function sharesOf(logBytes: number): { readonly head: number; readonly tail: number; readonly marks: number } {
  const tail = Math.min(mostTail, Math.floor(logBytes / 4));
  const marks = Math.min(mostMarks, Math.floor(logBytes / 16));
  return { head: Math.max(1, logBytes - tail - marks - notes), tail, marks };
}

/**
 * Arguments: four for `keep`, then the command. A build may open its standard output anew, as /dev/stderr, like its
 * own.
 */
const script = `keep=$1 head=$2 tail=$3 marks=$4 marker=$5; shift 5
exec 2>/dev/null
{ chmod 666 /proc/self/fd/1 && exec "$@"; } 2>&1 | exec perl -e "$keep" -- "$head" "$tail" "$marks" "$marker"
exit "\${PIPESTATUS[0]}"`;

/** What a command is started by for its words to come into the log. */
export function carried(logBytes: number): readonly string[] {
  const { head, tail, marks } = sharesOf(logBytes);
  return ['bash', '-c', script, 'bash', keep, ...[head, tail, marks].map(String), stepMarker];
}
