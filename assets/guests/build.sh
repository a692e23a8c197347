#!/bin/sh
# Builds the demo guests with the Swift toolchain's own clang and wasm-ld: build.sh OUTDIR [FILE.c...]
# Without files: every guest beside this script, and the manifest that makes them a package. A guest is rebuilt only when it or a header is newer. WASM_BITS=64 builds
# for 64-bit memory and the 64-bit interface.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { echo "usage: build.sh OUTDIR [FILE.c...]" >&2; exit 64; }
out=$1
bits=${WASM_BITS:-32}
shift
mkdir -p "$out"
if [ $# -eq 0 ]; then
    # Only when it has changed: somebody may be reading it.
    cp -u "$here/wasmer.toml" "$out"
    set -- "$here"/*.c
fi

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi

for source; do
    target=$out/$(basename "$source" .c).wasm
    newest=$(ls -t "$target" "$source" "$here"/*.h "$here/build.sh" "$(dirname "$source")"/*.h "$(dirname "$source")"/../*.h \
        2>/dev/null | head -1)
    [ "$newest" != "$target" ] || continue
    "$WASM_CLANG" --target=wasm$bits-unknown-unknown -nostdlib -O2 -g -std=gnu17 -Wall -Wextra -Werror -Wno-unused-function \
        -matomics -mbulk-memory -Wl,--import-memory,--shared-memory,--max-memory=1073741824 \
        -Wl,-z,stack-size=262144 "-Wl,-mwasm$bits" --no-wasm-opt -o "$target" "$source"
    echo "built $target"
done
