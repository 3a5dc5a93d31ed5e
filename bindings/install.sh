#!/bin/sh
# Builds the C library and installs it: shared and static library, headers, pkg-config file, CMake package.
#
#   bindings/install.sh [--prefix DIR] [--libdir DIR] [--features LIST]
#
#   --prefix DIR     where it will live; /usr/local
#   --libdir DIR     the libraries' directory, inside the prefix; PREFIX/lib
#   --features LIST  Cargo features besides `capi`; idna (addresses outside ASCII)
#   DESTDIR=DIR      the directory that stands for / while installing; none
#
# For Linux and other systems with ELF and GNU binutils; `cargo cinstall` is for the rest. Needs the Rust toolchain of
# Cargo.toml. The installed tree may be moved: nothing in it holds its own address.
set -eu

fail() {
    echo "install.sh: $*" >&2
    exit 1
}

misused() {
    echo "install.sh: $*" >&2
    exit 2
}

value() {
    [ $# -ge 2 ] || misused "$1 wants a value; --help says which"
}

prefix=/usr/local
libdir=
features=idna
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h)
        sed -n '2,/^set/ { /^#/ s/^# \{0,1\}//p; }' "$0"
        exit 0
        ;;
    --*=*)
        option=${1%%=*}
        value=${1#*=}
        shift
        set -- "$option" "$value" "$@"
        continue
        ;;
    esac
    case $1 in
    --prefix) value "$@" && prefix=${2%/} ;;
    --libdir) value "$@" && libdir=$2 ;;
    --features) value "$@" && features=$2 ;;
    *) misused "what is $1? --help says what there is" ;;
    esac
    shift 2
done

libdir=${libdir:-$prefix/lib}
case $prefix in
/*) ;;
*) misused "--prefix must begin with /: $prefix" ;;
esac
case $libdir in
"$prefix"/*) beneath=${libdir#"$prefix"/} ;;
/*) misused "--libdir must lie inside $prefix: $libdir" ;;
*) beneath=$libdir ;;
esac
case ${DESTDIR:-/} in
/*) ;;
*) misused "DESTDIR must begin with /: $DESTDIR" ;;
esac
# What leads from the directory of tercet.pc back to the prefix.
back=$(echo "$beneath/pkgconfig" | sed 's|[^/][^/]*|..|g')
root=${DESTDIR:-}$prefix
lib=$root/$beneath

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Before 1.0 each second number is a generation of the ABI, afterwards each first one; cargo-c counts the same way.
version=$(cargo pkgid --package tercet)
version=${version##*[#@]}
case $version in
0.*) generation=${version%.*} ;;
*) generation=${version%%.*} ;;
esac
soname=libtercet.so.$generation

echo "building libtercet $version with capi,$features, which takes a minute or two the first time"
cargo rustc --release --locked --package tercet --features "capi,$features" --crate-type staticlib,cdylib -- \
    -C "link-arg=-Wl,-soname,$soname" --print native-static-libs 2> "$work/log" || {
    cat "$work/log" >&2
    fail "the build failed"
}
system=$(sed -n 's/^note: native-static-libs: //p' "$work/log")
[ -n "$system" ] || fail "rustc does not say what the static library needs of the system"
built=$(cargo metadata --no-deps --format-version 1 | sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p')
built=$built${CARGO_BUILD_TARGET:+/$CARGO_BUILD_TARGET}/release

# Another Rust library brings its own copy of Rust's runtime. So that both can be linked into one program, all that
# belongs to ours goes into one object in which nothing is global but the API. Names that no code refers to go as well:
# what ld drops leaves its weak references behind, and those no longer weak.
nm -D --defined-only --format=posix "$built/libtercet.so" | sed 's/ .*//' > "$work/symbols"
ld -r --gc-sections --force-group-allocation $(sed 's/^/-u /' "$work/symbols") -o "$work/whole.o" "$built/libtercet.a"
objcopy --strip-unneeded --remove-section=.llvmbc --remove-section=.llvmcmd --keep-global-symbols="$work/symbols" \
    "$work/whole.o" "$work/tercet.o"
ar rcsD "$work/libtercet.a" "$work/tercet.o"

cat > "$work/tercet.pc" << END
prefix=\${pcfiledir}/$back
exec_prefix=\${prefix}
libdir=\${exec_prefix}/$beneath
includedir=\${prefix}/include

Name: tercet
Description: XMPP engine: parser, stanza views, and the protocol of clients and servers
Version: $version
Libs: -L\${libdir} -ltercet
Libs.private: $system
Cflags: -I\${includedir}
END

echo "installing into $root"
mkdir -p "$root/include" "$lib/pkgconfig" "$lib/cmake/tercet"
install -m 644 include/tercet.h bindings/cpp/tercet.hpp "$root/include/"
install -m 755 "$built/libtercet.so" "$lib/libtercet.so.$version"
ln -sf "libtercet.so.$version" "$lib/$soname"
ln -sf "libtercet.so.$version" "$lib/libtercet.so"
install -m 644 "$work/libtercet.a" "$lib/"
install -m 644 "$work/tercet.pc" "$lib/pkgconfig/"
install -m 644 bindings/cmake/*.cmake "$lib/cmake/tercet/"

case $prefix in
/usr | /usr/local) echo "where programs do not find libtercet.so.$generation, run ldconfig as root" ;;
*) echo "export PKG_CONFIG_PATH=$prefix/$beneath/pkgconfig LD_LIBRARY_PATH=$prefix/$beneath" ;;
esac
