#!/bin/sh
# Builds the guests that fork, jump or start programs, for wasm and natively: build.sh OUTDIR
#   OUTDIR/processes/NAME.wasm         after wasm-opt --asyncify, which lets a host take a guest's stack and give it back
#   OUTDIR/native/processes/NAME       the same sources for this machine, where Linux can express them
# Without wasm-opt all are left out, and one line says so.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
guests=$here/../../../assets/guests
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/processes" "$1/native/processes"
out=$(cd "$1" && pwd)

if ! command -v wasm-opt >/dev/null; then
    echo "processes: all are left out, binaryen is missing (see Tests/Guests/packages.txt)" >&2
    exit 0
fi
if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi
cc=${CC:-$(command -v cc || echo "$WASM_CLANG")}
common="-O2 -std=gnu17 -Wall -Wextra -Werror -Wno-unused-function"

# The calls in which a stack may be taken.
suspends=wasix_32v1.proc_fork,wasix_32v1.stack_checkpoint,wasix_32v1.stack_restore

# is_old TARGET SOURCE
is_old() {
    newest=$(ls -t "$1" "$2" "$here"/*.h "$here/build.sh" "$here"/../*.h "$guests"/*.h 2>/dev/null | head -1)
    [ "$newest" != "$1" ]
}

# A host needs the stack's pointer and its bounds, and the thread-local storage of the thread that it copies.
build_guest() {
    "$WASM_CLANG" --target=wasm32-unknown-unknown -nostdlib -g $common -matomics -mbulk-memory \
        -Wl,--import-memory,--shared-memory,--max-memory=1073741824 -Wl,-z,stack-size=262144 \
        -Wl,--export=__stack_pointer,--export=__tls_base \
        -Wl,--export-if-defined=__stack_low,--export-if-defined=__stack_high \
        -Wl,--export-if-defined=__data_end,--export-if-defined=__heap_base \
        --no-wasm-opt -o "$1.plain" "$2"
    wasm-opt -g --asyncify "--pass-arg=asyncify-imports@$suspends" -O1 -o "$1.new" "$1.plain"
    rm "$1.plain"
    mv "$1.new" "$1"
    echo "built $1"
}

for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    target=$out/processes/$name.wasm
    ! is_old "$target" "$source" || build_guest "$target" "$source"
    # What has no counterpart on Linux says so in its first comment.
    ! grep -q -m1 'wasm only' "$source" || continue
    target=$out/native/processes/$name
    is_old "$target" "$source" || continue
    "$cc" $common -pthread -o "$target" "$source"
    echo "built $target"
done
