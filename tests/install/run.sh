#!/usr/bin/env bash
# Installs the C library into a directory of its own, looks at what came of it, and builds programs with it as a
# stranger would: all examples, by pkg-config and by CMake, with the shared and with the static library.
#
#   tests/install/run.sh
#
# Needs gcc, binutils, pkg-config, cmake and python3. What else an example needs (OpenSSL, SQLite, Asio) may be missing,
# except under CI=true: then the example is left out, which is said.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/install
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# same WHAT EXPECTED FOUND: both are texts.
same() {
    diff -u --label expected --label found <(echo "$2") <(echo "$3") || fail "$1"
    echo "ok: $1"
}

version=$(cargo pkgid --package tercet)
version=${version##*[#@]}
case $version in
0.*) generation=${version%.*} ;;
*) generation=${version%%.*} ;;
esac

# The tree, moved away from where it was installed.
DESTDIR=$work/first bindings/install.sh --prefix /usr --libdir /usr/lib/"$(gcc -print-multiarch)"
mkdir "$work/second"
mv "$work/first/usr" "$work/second/moved"
tree=$work/second/moved
lib=$tree/lib/$(gcc -print-multiarch)
export PKG_CONFIG_PATH=$lib/pkgconfig

files="include/tercet.h
include/tercet.hpp
LIB/cmake/tercet/tercetConfig.cmake
LIB/cmake/tercet/tercetConfigVersion.cmake
LIB/cmake/tercet/tercetPlace.cmake
LIB/libtercet.a
LIB/libtercet.so -> libtercet.so.$version
LIB/libtercet.so.$generation -> libtercet.so.$version
LIB/libtercet.so.$version
LIB/pkgconfig/tercet.pc"
found=$(cd "$tree" && find . -type f -printf '%P\n' -o -type l -printf '%P -> %l\n')
same "the files" "$(sort <<< "$files")" "$(sed 's|^lib/[^/]*-[^/]*/|LIB/|' <<< "$found" | sort)"

same "the name that programs remember" "libtercet.so.$generation" \
    "$(readelf -d "$lib/libtercet.so" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')"
same "what the shared library exports" "$(cat bindings/abi/symbols.txt)" \
    "$(nm -D --defined-only --format=posix "$lib/libtercet.so" | sed 's/ .*//' | LC_ALL=C sort)"
same "what is global in the static library" "$(cat bindings/abi/symbols.txt)" \
    "$(nm -g --defined-only --format=posix "$lib/libtercet.a" | sed '/:$/d; s/ .*//' | LC_ALL=C sort)"
same "the version in tercet.pc" "$version" "$(pkg-config --modversion tercet)"
for file in "$lib/pkgconfig/tercet.pc" "$lib"/cmake/tercet/*; do
    ! grep -n "$work\|/usr" "$file" || fail "$file holds an address"
done

strict=(-Wall -Wextra -pedantic -Werror)
read -ra cflags <<< "$(pkg-config --cflags tercet)"
read -ra shared <<< "$(pkg-config --libs tercet)"
read -ra static <<< "$lib/libtercet.a $(pkg-config --libs-only-l --static tercet | sed 's/-ltercet //')"
for lto in off fat; do
    rustc --edition 2024 --crate-type staticlib -C opt-level=1 -C lto=$lto -o "$work/libsecond.a" $here/second.rs
    gcc -std=c11 "${strict[@]}" -o "$work/two" $here/two.c "${cflags[@]}" "$work/libsecond.a" "${static[@]}"
    "$work/two" || fail "two Rust libraries in one program (LTO $lto): $?"
    echo "ok: two Rust libraries in one program (LTO $lto)"
done

# parts SOURCE: it, and the sources of its own that lie beside it: those of the headers that it includes.
parts() {
    local name
    echo "$1"
    sed -n 's/^#include "\([a-z_]*\)\.h"$/\1/p' "$1" | while read -r name; do
        [ ! -f "$(dirname "$1")/$name.c" ] || echo "$(dirname "$1")/$name.c"
    done
}

# program SOURCE: what the program of it is called: server.c and server.cpp are two.
program() {
    basename "$1" | tr . -
}

# needs SOURCE: the pkg-config names of what else its parts include.
needs() {
    local all
    all=$(parts "$1" | xargs cat)
    ! grep -q -E '^#include <(openssl/|asio/ssl)' <<< "$all" || echo openssl
    ! grep -q '^#include <sqlite3\.h>' <<< "$all" || echo sqlite3
}

# Whether an example can be built here.
buildable() {
    local need
    for need in $(needs "$1"); do
        pkg-config --exists "$need" || { echo "skipped: $1 needs $need"; return 1; }
    done
    if grep -q '^#include <asio' "$1" && ! g++ -E -x c++ - <<< '#include <asio.hpp>' > /dev/null 2>&1; then
        echo "skipped: $1 needs Asio"
        return 1
    fi
}

# The examples, and one program that says whether it works.
sources=(bindings/c/tests/split.c)
for source in bindings/c/examples/*.c bindings/cpp/examples/*.cpp; do
    [ -f "$source" ] && grep -q '^int main(' "$source" || continue
    if buildable "$source"; then
        sources+=("$source")
    elif [ "${CI:-}" = true ]; then
        fail "$source cannot be built"
    fi
done

# check PROGRAM KIND: it was linked as it should be.
check() {
    local links
    links=$(readelf -d "$1" | grep -c "NEEDED.*libtercet.so.$generation" || true)
    case $2$links in
    shared1 | static0) ;;
    *) fail "$1 is not linked to the $2 library" ;;
    esac
}

mkdir "$work/pkg-config"
for source in "${sources[@]}"; do
    name=$(program "$source")
    compile=(gcc -std=c11)
    [ "${source##*.}" = c ] || compile=(g++ -std=c++17)
    read -ra more <<< "$(needs "$source" | xargs -r pkg-config --cflags --libs) -pthread"
    mapfile -t files < <(parts "$source")
    compile+=("${strict[@]}" "${cflags[@]}" "${files[@]}")
    "${compile[@]}" -o "$work/pkg-config/${name}_shared" "${shared[@]}" "${more[@]}"
    "${compile[@]}" -o "$work/pkg-config/${name}_static" "${static[@]}" "${more[@]}"
done

# configure DIRECTORY VERSION SOURCES: CMake, told where the tree is.
configure() {
    cmake -S $here -B "$1" -DCMAKE_PREFIX_PATH="$tree" -DWANTED="$2" -DSOURCES="$3" > "$work/cmake.log" 2>&1
}
absolute=$(printf "$PWD/%s;" "${sources[@]}")
configure "$work/cmake" "$version" "${absolute%;}" || { cat "$work/cmake.log"; fail "CMake"; }
cmake --build "$work/cmake" --parallel 2 > "$work/cmake.log" 2>&1 || { cat "$work/cmake.log"; fail "CMake"; }

for way in pkg-config cmake; do
    for source in "${sources[@]}"; do
        name=$(program "$source")
        for kind in shared static; do
            check "$work/$way/${name}_$kind" $kind
        done
    done
    env LD_LIBRARY_PATH="$lib" "$work/$way/split-c_shared" > "$work/out" || fail "split_shared does not run"
    "$work/$way/split-c_static" | diff "$work/out" - || fail "split_static does not run"
    echo "ok: ${#sources[@]} programs by $way, shared and static; split: $(cat "$work/out")"
done

for wanted in "" 0 "$generation" "$version"; do
    configure "$work/version" "$wanted" "" || { cat "$work/cmake.log"; fail "find_package(tercet $wanted)"; }
    rm -r "$work/version"
done
for wanted in 99 0.99 0.0.1 "$version.1" "$generation.99"; do
    ! configure "$work/version" "$wanted" "" || fail "find_package(tercet $wanted) finds $version"
    grep -q "version: $version" "$work/cmake.log" || { cat "$work/cmake.log"; fail "find_package(tercet $wanted)"; }
    rm -r "$work/version"
done
echo "ok: CMake takes what is compatible with $version and nothing else"

# Where cargo-c puts it, the package finds the rest as well.
mkdir "$tree/share"
mv "$lib/cmake" "$tree/share/"
{ configure "$work/share" "$version" "$PWD/bindings/c/tests/split.c" &&
    cmake --build "$work/share" > "$work/cmake.log" 2>&1; } ||
    { cat "$work/cmake.log"; fail "the CMake package in share"; }
echo "ok: the CMake package in share"

# The cases of the parser's tests that are not part of this repository, through C: whole and at every split.
if [ -d ../shared/conformance ] && [ -d ../shared/corpus ]; then
    python3 $here/documents.py ../shared "$work/one" "$work/other"
    LD_LIBRARY_PATH=$lib "$work/cmake/split-c_shared" "$work/other" &
    LD_LIBRARY_PATH=$lib "$work/cmake/split-c_shared" "$work/one" || fail "something differs"
    wait $! || fail "something differs"
else
    echo "skipped: ../shared/conformance or ../shared/corpus is not here"
fi
