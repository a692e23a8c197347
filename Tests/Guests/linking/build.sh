#!/bin/sh
# Builds the guests that are linked while they run, and their libraries, for wasm and natively: build.sh OUTDIR
#   OUTDIR/linking/NAME.wasm, OUTDIR/linking/lib/libNAME.so              main modules and libraries (dylink.0)
#   OUTDIR/native/linking/NAME, OUTDIR/native/linking/lib/libNAME.so     the same sources for this machine
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
guests=$here/../../../assets/guests
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/linking/lib" "$1/native/linking/lib"
out=$(cd "$1" && pwd)

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi
cc=${CC:-$(command -v cc || echo "$WASM_CLANG")}
cxx=${CXX:-$(command -v c++ || echo "$WASM_CLANG++")}
# As wasi-libc's setjmp needs it: exceptions of the newer form.
jumps="-mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false -mexception-handling"
# C++ has exceptions of the same form, and a variable of each thread that all modules share.
throws="-std=c++17 -fwasm-exceptions -mllvm -wasm-use-legacy-eh=false --target=wasm32-unknown-emscripten"
# The calls in which a stack may be taken.
suspends=wasix_32v1.proc_fork
common="-O2 -g -Wall -Wextra -Werror -Wno-unused-function -fPIC"
c="-std=gnu17"
wasm="--target=wasm32-unknown-unknown -ffreestanding -fvisibility=default -matomics -mbulk-memory -msimd128 -ftls-model=global-dynamic"
linked="--experimental-pic --shared-memory --max-memory=4294967296 --unresolved-symbols=import-dynamic"
exports="--export-if-defined=__wasm_call_ctors --export-if-defined=__wasm_init_tls --export-if-defined=__tls_base"

newest=$(ls -t "$out/linking/built" "$here"/*.* "$here"/libraries/* "$here"/../*.h "$guests"/*.h 2>/dev/null | head -1)
[ "$newest" != "$out/linking/built" ] || exit 0
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

# Options for a source that jumps, and for one with another module's thread-local variables: clang knows how for one target.
extra() {
    ! grep -q -m1 'jumping.h' "$1" || echo "$jumps"
    ! grep -q -m1 'Built for: global-dynamic' "$1" || echo --target=wasm32-unknown-emscripten
}

# object SOURCE: its object file for wasm, in $objects.
object() {
    case $1 in
    *.cpp) "${WASM_CLANG}++" $wasm $common $throws -c -o "$objects/$(basename "$1" .cpp).o" "$1" ;;
    *) "$WASM_CLANG" $wasm $common $c $(extra "$1") -c -o "$objects/$(basename "$1" .c).o" "$1" ;;
    esac
}

# library NAME [NEEDED...]
library() {
    name=$1
    shift
    source=$here/libraries/$name.c
    compiler=$cc
    if [ ! -f "$source" ]; then
        source=${source}pp
        compiler=$cxx
    fi
    object "$source"
    needed=""
    native=""
    for other; do
        needed="$needed $out/linking/lib/lib$other.so"
        native="$native $out/native/linking/lib/lib$other.so"
    done
    "${WASM_CLANG%clang}wasm-ld" $linked -shared -Bdynamic --no-entry --export-dynamic $exports --rpath='$ORIGIN' \
        "--soname=lib$name.so" -o "$out/linking/lib/lib$name.so" "$objects/$name.o" $needed
    "$compiler" $common -shared "-Wl,-soname,lib$name.so" "-Wl,-rpath,\$ORIGIN" -o "$out/native/linking/lib/lib$name.so" \
        "$source" $native
}

# program NAME [NEEDED...]
program() {
    name=$1
    shift
    source=$here/$name.c
    object "$source"
    needed=""
    native=""
    if [ "$name" = jumps ]; then
        needed=$objects/jumping_runtime.o
        "$WASM_CLANG" $wasm $common $c $jumps -c -o "$needed" "$here/libraries/jumping_runtime.c"
    elif [ "$name" = catches ]; then
        needed="$objects/catching.o $objects/throwing_runtime.o"
        object "$here/catching.cpp"
        object "$here/libraries/throwing_runtime.cpp"
        "$cxx" $common -c -o "$objects/catching_native.o" "$here/catching.cpp"
        native="$objects/catching_native.o -lstdc++"
    fi
    for other; do
        needed="$needed $out/linking/lib/lib$other.so"
        native="$native $out/native/linking/lib/lib$other.so"
    done
    "${WASM_CLANG%clang}wasm-ld" $linked -pie -Bdynamic --import-memory --import-table --export-all --rpath='$ORIGIN/lib' \
        -o "$out/linking/$name.wasm" "$objects/$name.o" $needed
    if [ "$name" = forks ]; then
        wasm-opt -g --asyncify "--pass-arg=asyncify-imports@$suspends" -O1 -o "$out/linking/$name.new" "$out/linking/$name.wasm"
        mv "$out/linking/$name.new" "$out/linking/$name.wasm"
    fi
    # What has no counterpart on Linux says so in its first comment.
    if ! grep -q -m1 'wasm only' "$source"; then
        "$cc" $common $c -pthread -rdynamic "-Wl,-rpath,\$ORIGIN/lib" -o "$out/native/linking/$name" "$source" $native -ldl
    fi
}

library base
library shape base
library late
library pong
library ping pong
library pong ping
library storage
library wide
library user
library other
library throw
program opens
program needs shape base
program later
program owns other
library catch
program tries
program storages
program jumps
program catches throw
program costs
if command -v wasm-opt >/dev/null; then
    program forks
else
    echo "linking: forks is left out, binaryen is missing (see Tests/Guests/packages.txt)" >&2
fi
touch "$out/linking/built"
echo "built $out/linking"
