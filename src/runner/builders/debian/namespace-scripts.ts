/** The shell scripts that lead from bootplan's own process into the namespaces of a Debian chroot, outermost first. */

/** Descriptor by which bwrap gets the filter of system calls. */
export const filterAt = 9;

/**
 * Runs outside the user namespace when root starts it, so that places which only root can reach can be bound.
 * Arguments: mount point, lock, filter in octal, bind count, hosts..., then the command.
 */
export const bindScript = `set -eu
place=$1 lock=$2 filter=$3; shift 3
for fd in /proc/self/fd/*; do
  if [ "\${fd##*/}" -gt 2 ] && [ -e "$fd" ] && ! [ "$fd" -ef "$lock" ]; then eval "exec \${fd##*/}>&-"; fi
done
mount -t tmpfs -o mode=755,size=1m bootplan "$place"
echo 1000 >/proc/self/oom_score_adj
mkdir "$place/own"
count=$1; shift
while [ "$count" -gt 0 ]; do
  if [ -d "$1" ]; then mkdir "$place/$count"; else : >"$place/$count"; fi
  mount --bind "$1" "$place/$count"; shift; count=$((count - 1))
done
if [ -n "$filter" ]; then printf "$filter" >"$place/filter"; exec ${filterAt}<"$place/filter"; fi
exec "$@"`;

/**
 * Makes a user namespace with 65536 ids in it and runs the command there as its root. The ids have to be written from
 * outside, once the namespace exists. Arguments: first user id, first group id, then the command.
 */
export const mapScript = `set -eu
users=$1 groups=$2; shift 2
[ "$(id -u)" = 0 ] && root=yes || root=no
dropped=
if [ $root = yes ]; then dropped="setpriv --reuid=$users --regid=$groups --clear-groups"; fi
exec 7<&0 8>&1
coproc inside {
  exec $dropped unshare --user bash -c 'read -r _ || exit; exec setpriv --pdeathsig KILL "$@" <&7 >&8 7<&- 8>&-' bash "$@"
}
pid=$inside_PID go=\${inside[1]}
mine=$(readlink /proc/self/ns/user)
until theirs=$(readlink "/proc/$pid/ns/user") && [ "$theirs" != "$mine" ]; do kill -0 "$pid"; sleep 0.01; done
if [ $root = yes ]; then
  echo "0 $users 65536" >"/proc/$pid/uid_map"
  echo "0 $groups 65536" >"/proc/$pid/gid_map"
else
  newuidmap "$pid" 0 "$(id -u)" 1 1 "$users" 65535
  newgidmap "$pid" 0 "$(id -g)" 1 1 "$groups" 65535
fi
echo go >&"$go"
code=0; wait "$pid" || code=$?
exit "$code"`;

/**
 * Process 1 of the namespace: mounts what only its root may. Arguments: mount point, size of the memory to work in, 'overlay' when bind 1
 * is a base to lay a writable layer over, then the command.
 */
export const workScript = `set -eu
place=$1 size=$2 kind=$3; shift 3
mount -t proc proc /proc
mount -t tmpfs -o "mode=755,size=$size" bootplan "$place/own"
mkdir "$place/own/upper" "$place/own/work" "$place/own/root" "$place/own/build"
chown 1000:1000 "$place/own/build"
if [ "$kind" = overlay ]; then
  layers="lowerdir=$place/1,upperdir=$place/own/upper,workdir=$place/own/work"
  LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "$layers,userxattr" bootplan "$place/own/root"
fi
exec 6>&2 2>/dev/null
code=0; "$@" 2>&6 6>&- || code=$?
exit "$code"`;
