#!/bin/sh
# Builds every guest for wasm and the native counterparts: build.sh OUTDIR
#   OUTDIR/wasm/NAME.wasm    demo guests, tests and benchmarks
#   OUTDIR/wasm64/NAME.wasm  those that print transcripts, with 64-bit memory and the 64-bit interface
#   OUTDIR/native/NAME       the same sources for this machine, where Linux can express them; so the lessons' guests
#   OUTDIR/*/lints/NAME      guests that show what the lint of that name finds
# Only what is older than its sources is built again.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
guests=$here/../../assets/guests
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/wasm" "$1/native/lints"
out=$(cd "$1" && pwd)

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
    export WASM_CLANG
fi
cc=${CC:-$(command -v cc || echo "$WASM_CLANG")}

"$guests/build.sh" "$out/wasm"
"$guests/build.sh" "$out/wasm" "$here"/*.c "$here"/bench/*.c "$here"/bench/bare/*.c
cp -u "$here"/bench/*.wat "$out/wasm"
"$guests/build.sh" "$out/wasm/lints" "$here"/lints/*.c
for name in trigger identity waiting network poll walk; do
    WASM_BITS=64 "$guests/build.sh" "$out/wasm64" "$here/$name.c"
done

for source in "$here"/*.c "$here"/bench/*.c "$here"/bench/native/*.c "$here"/lints/*.c; do
    # What has no counterpart on Linux says so in its first comment.
    ! grep -q -m1 'wasm only' "$source" || continue
    name=$(basename "$source" .c)
    case $source in "$here"/lints/*) name=lints/$name ;; esac
    target=$out/native/$name
    newest=$(ls -t "$target" "$source" "$here"/*.h "$here"/bench/*.h "$here"/lints/*.h "$here/build.sh" \
        2>/dev/null | head -1)
    [ "$newest" != "$target" ] || continue
    "$cc" -O2 -std=gnu17 -Wall -Wextra -Werror -Wno-unused-function -pthread -o "$target" "$source"
    echo "built $target"
done

for source in "$guests"/*.c; do
    grep -q '^#include "linux.h"' "$source" || continue
    target=$out/native/$(basename "$source" .c)
    newest=$(ls -t "$target" "$source" "$guests"/linux.h "$here/build.sh" 2>/dev/null | head -1)
    [ "$newest" != "$target" ] || continue
    "$cc" -O2 -std=gnu17 -Wall -Wextra -Werror -Wno-unused-function -Wno-unused-result -pthread -o "$target" "$source"
    echo "built $target"
done
