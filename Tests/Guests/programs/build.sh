#!/bin/sh
# Builds programs of other hands from Debian's source packages, for wasm and natively: build.sh OUTDIR
#   OUTDIR/programs/src/NAME              its source, with its test suite
#   OUTDIR/programs/NAME.wasm and NAME    the program
# apt fetches the sources with a configuration of its own and checks them as it checks packages; they stay in .deps. What
# cannot be had or built here is left out, and one line says so. Nothing in them is changed: what Debian's C library for
# WASI lacks is in wasi/.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/programs/src"
out=$(cd "$1/programs" && pwd)
packages="bzip2 zlib clzip byacc original-awk pcre2 lua5.4 lua-filesystem lua-lpeg wasi-libc"
. "$here/sources.sh"

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi
builtins=$(ls -d /usr/lib/llvm-*/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a 2>/dev/null | tail -1)

# program NAME ARGUMENT...: compiles it both ways, in the current directory.
program() {
    name=$1
    shift
    "$WASM_CLANG" -O1 -w -D_GNU_SOURCE -o "$out/$name.new" "$@" -lm >"$out/$name.log" 2>&1 &
    native=$!
    # What these compilers and libraries do not know is no fault of the guest's: the program is left out.
    "$WASM_CLANG" --target=wasm32-wasi --sysroot=/usr -O1 -w -D_GNU_SOURCE -D_WASI_EMULATED_SIGNAL \
        -D_WASI_EMULATED_PROCESS_CLOCKS -mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false --no-wasm-opt \
        -nodefaultlibs -Wl,-z,stack-size=8388608 -I "$here/wasi" -include "$here/wasi/posix.h" \
        -o "$out/$name.wasm.new" "$@" "$here"/wasi/*.c \
        -lwasi-emulated-signal -lwasi-emulated-process-clocks -lm -lc "$builtins" >"$out/$name.wasm.log" 2>&1 || {
        left_behind "$name" $native
        return 0
    }
    finish "$name" $native
}

if [ ! -f /usr/lib/wasm32-wasi/libc.a ] || [ -z "$builtins" ]; then
    left_out "all are left out: wasi-libc or its builtins are missing (see Tests/Guests/packages.txt)"
    exit 0
fi
stamp=$out/stamp
# Made only when every program is there: what was left out is tried again.
[ -z "$(find "$here" -newer "$stamp" 2>/dev/null || echo none)" ] && exit 0
fetch $packages

if unpack bzip2; then
    (cd "$out/src/bzip2" && program bzip2 blocksort.c huffman.c crctable.c randtable.c compress.c decompress.c bzlib.c bzip2.c)
fi
if unpack zlib; then
    library="adler32.c crc32.c deflate.c inffast.c inflate.c inftrees.c trees.c zutil.c compress.c uncompr.c
        gzclose.c gzlib.c gzread.c gzwrite.c"
    (cd "$out/src/zlib" && program minigzip -DHAVE_UNISTD_H $library test/minigzip.c)
    (cd "$out/src/zlib" && program example -DHAVE_UNISTD_H $library test/example.c)
fi
if unpack clzip; then
    (cd "$out/src/clzip" && program clzip '-DPROGVERSION="1"' ./*.c)
fi
if unpack byacc; then
    (cd "$out/src/byacc" && program yacc -DHAVE_FCNTL_H -DHAVE_GETOPT -DHAVE_MKSTEMP -DHAVE_VSNPRINTF -DMAXTABLE=32500 \
        -DYYPATCH=19700101 closure.c error.c graph.c lalr.c lr0.c main.c mkpar.c mstring.c output.c reader.c symtab.c \
        verbose.c warshall.c yaccpar.c)
fi
if unpack original-awk && [ -x "$out/yacc" ]; then
    (
        cd "$out/src/original-awk"
        "$out/yacc" -d -b awkgram awkgram.y 2>"$out/awk.log"
        "$WASM_CLANG" -w -o maketab maketab.c && ./maketab awkgram.tab.h >proctab.c
        program awk awkgram.tab.c b.c main.c parse.c proctab.c tran.c lib.c run.c lex.c
    )
fi
if unpack pcre2; then
    (
        cd "$out/src/pcre2"
        mkdir -p made
        cp src/config.h.generic made/config.h
        cp src/pcre2.h.generic made/pcre2.h
        cp src/pcre2_chartables.c.dist made/pcre2_chartables.c
        options="-DHAVE_CONFIG_H -DPCRE2_CODE_UNIT_WIDTH=8 -DSUPPORT_PCRE2_8 -DSUPPORT_UNICODE -DPCRE2_STATIC -DSTDC_HEADERS
            -DHAVE_STRERROR -DHAVE_UNISTD_H -DHAVE_MEMMOVE -DHAVE_STDINT_H -DHAVE_INTTYPES_H -DHAVE_DIRENT_H
            -DHAVE_SYS_STAT_H -DHAVE_SYS_TYPES_H -DNEWLINE_DEFAULT=2 -Imade -Isrc"
        library="made/pcre2_chartables.c src/pcre2_jit_compile.c src/pcre2posix.c"
        for part in auto_possess compile config context convert dfa_match error extuni find_bracket maketables match \
            match_data newline ord2utf pattern_info script_run serialize string_utils study substitute substring tables ucd \
            valid_utf xclass; do
            library="$library src/pcre2_$part.c"
        done
        program pcre2test $options $library src/pcre2test.c
        program pcre2grep $options $library src/pcre2grep.c
    )
fi
if unpack lua5.4 && unpack lua-filesystem && unpack lua-lpeg && unpack wasi-libc; then
    (. "$here/build_lua.sh")
fi

for name in bzip2 minigzip example clzip yacc awk pcre2test pcre2grep lua; do
    [ -x "$out/$name" ] && [ -f "$out/$name.wasm" ] || exit 0
done
touch "$stamp"
