#!/bin/sh
# Builds tcc in the current directory, its unpacked and patched source: sh build.sh CC.
# The recipe runs it, and so can the finished system, which must end up with the same bytes.
set -e
cc=${1:-tcc}
flags=-w
archive="$cc -ar"
case $cc in *gcc) flags='-O1 -w' archive=ar ;; esac
cpu=${DEB_HOST_GNU_CPU:-$(uname -m)}
libc=$cpu-linux-musl
prefix=${PREFIX_CROSS:-/usr}
# The new tcc compiles its own library, if it runs here.
case $cc in "$libc-tcc") library="XTCC=$cc" ;; *) library= ;; esac
./configure --prefix=/usr --config-musl --enable-static --cpu="$cpu" --cc="$cc" --ar="$archive" \
  --extra-ldflags=-static --extra-cflags="$flags" --crtprefix=$prefix/lib/$libc \
  --libpaths=$prefix/lib/$libc:/usr/lib/tcc --sysincludepaths=/usr/lib/tcc/include:$prefix/include/$libc \
  --elfinterp=/lib/ld-musl-$cpu.so.1
make tcc libtcc1.a AR="$archive" XFLAGS="-B. -I$prefix/include/$libc -nostdinc -I./include" $library
