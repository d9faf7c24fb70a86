/**
 * A build that says all it can see, in a process of its own: `node test/rig/probe-build.ts DIRECTORY DEB SHA256`. Its
 * log is left in the directory.
 */

import { join } from 'node:path';
import { namedBuild } from '../../src/build-id.ts';
import { binaryName } from '../../src/names.ts';
import type { InputDeb } from '../../src/runner/builder.ts';
import { buildSubject, projectOf } from './host-tools.ts';

const [directory, path, sha256] = process.argv.slice(2) as [string, string, string];

/**
 * Everything below / with kind, mode, owner, size and time; not of what the clock or the kernel makes anew each time.
 */
const walk = `sub walk { my $d = shift; opendir(my $h, $d) or return; my @names = sort readdir $h;
  for (@names) { next if $_ eq "." || $_ eq ".."; my $p = "$d/$_"; $p =~ s{^//}{/};
    my @s = lstat $p; next if $p =~ m{^/(proc|dev|sys)/};
    my $times = $p =~ m{^/(proc|dev|sys|tmp)$|^/work/build} ? "" : $s[9];
    printf "%s %o %d %d %d %s %s\\n", $p, $s[2], $s[4], $s[5], -d _ ? 0 : $s[7], $times, -l $p ? readlink $p : "";
    walk($p) if -d _ && !-l $p && $p !~ m{^/work/sysroot} } }
walk("/");`;

const unameCall: Readonly<Record<string, number>> = { x64: 63, arm64: 160, riscv64: 160 };

const look = `
for my $name (sort keys %ENV) { print "$name=$ENV{$name}\\n" }
my $buffer = "\\0" x 400; syscall(${unameCall[process.arch] ?? 63}, $buffer);
print join(" ", map { s/\\0.*//sr } unpack("(a65)6", $buffer)), "\\n";
print "niceness ", getpriority(0, 0), ", umask ", umask, "\\n";
sub shown { my $f = shift; open(my $h, "<", $f) or return print "$f: not there\\n"; local $/; print "$f: ", <$h> // "", "\\n" }
shown($_) for qw(/proc/self/limits /proc/self/cgroup /proc/self/personality /proc/cmdline /proc/partitions /proc/1/cmdline /proc/1/mountinfo /proc/sys/kernel/hostname);
open(my $status, "<", "/proc/self/status"); while (<$status>) { print if /^(Sig[BIC]|Cap|Seccomp|NoNew|Uid|Gid|Groups)/ }
open(my $mounts, "<", "/proc/self/mountinfo");
while (<$mounts>) { s/^\\d+ \\d+ \\d+:\\d+ //; s/ (shared|master):\\d+//g; print "mount $_" }
opendir(my $fds, "/proc/self/fd"); my @fds = sort grep { /^\\d+$/ } readdir $fds;
print "descriptors: ", scalar(@fds), " ", join(" ", map { readlink("/proc/self/fd/$_") =~ s/\\d+//gr // "" } @fds), "\\n";
opendir(my $all, "/proc"); print "processes: ", join(" ", sort map { my $c; open($c, "<", "/proc/$_/comm") ? scalar(<$c>) =~ s/\\n//r : () } grep { /^\\d+$/ } readdir $all), "\\n";
${walk}`;

const build = `cat >look <<'END'\n${look}\nEND\nperl look\nid\nulimit -a\nulimit -Ha\npwd\nls -ln /work/steps\nmkdir $D/usr; echo x >$D/usr/x`;
const inputs: readonly InputDeb[] = [
  { name: binaryName('tools'), version: '1', path, sha256, build: namedBuild('tools'), archive: 'stage1' },
];
// As every session does.
process.umask(0o022);
const outcome = await buildSubject(projectOf({ build: `exec bash -e <<'SCRIPT'\n${build}\nSCRIPT` }), {
  directory,
  inputs,
});
if (!outcome.ok) throw new Error(`${outcome.message}\n${outcome.logTail}`);
console.log(join(directory, 'log'));
