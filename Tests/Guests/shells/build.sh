#!/bin/sh
# Builds a shell, make and small filters, for wasm and natively: build.sh OUTDIR
#   OUTDIR/shells/src/NAME                source of other hands, from Debian's source packages
#   OUTDIR/shells/NAME.wasm and NAME      the program; what forks went through wasm-opt --asyncify
#   OUTDIR/shells/bin and bin-native      every program under the names that it is called by
# What cannot be had or built here is left out, and one line says so. Nothing in the sources is changed: what Debian's C
# library for WASI lacks is in posix/.
set -eu
here=$(cd -P "$(dirname "$0")" && pwd)
[ $# -eq 1 ] || { echo "usage: build.sh OUTDIR" >&2; exit 64; }
mkdir -p "$1/shells/src" "$1/shells/bin" "$1/shells/bin-native"
out=$(cd "$1/shells" && pwd)
. "$here/../programs/sources.sh"

if [ -z "${WASM_CLANG:-}" ]; then
    resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
    WASM_CLANG=$resources/../../bin/clang
fi
builtins=$(ls -d /usr/lib/llvm-*/lib/clang/*/lib/wasi/libclang_rt.builtins-wasm32.a 2>/dev/null | tail -1)
filters="args cat echo env false grep head ls mkdir rm seq sleep sort tail tee tr true wc yes"

# The calls in which a stack may be taken.
suspends=wasix_32v1.proc_fork,wasix_32v1.stack_checkpoint,wasix_32v1.stack_restore

# crt1.o runs constructors by itself. With the other start file the linker would have every export do that, the handler of
# signals too.
compile_guest() {
    "$WASM_CLANG" --target=wasm32-wasi --sysroot=/usr -O1 -g -w -D_GNU_SOURCE -D_WASI_EMULATED_PROCESS_CLOCKS \
        --no-wasm-opt -nostdlib -Wl,-z,stack-size=1048576 -Wl,--export=__stack_pointer \
        -Wl,--export-if-defined=__stack_low,--export-if-defined=__stack_high \
        -Wl,--export-if-defined=__data_end,--export-if-defined=__heap_base \
        -I "$here/posix" -include "$here/posix/posix.h" "$@" /usr/lib/wasm32-wasi/crt1.o \
        "$here"/posix/*.c "$here/../programs/wasi/temporary.c" \
        -lwasi-emulated-signal -lwasi-emulated-process-clocks -lm -lc "$builtins"
}

# program NAME ARGUMENT...: compiles it both ways, in the current directory. With `plain` before NAME it neither forks nor
# jumps, and needs no asyncify.
program() {
    kind=asyncify
    if [ "$1" = plain ]; then
        kind=plain
        shift
    fi
    name=$1
    shift
    "$WASM_CLANG" -O1 -w -D_GNU_SOURCE -o "$out/$name.new" "$@" -lm >"$out/$name.log" 2>&1 &
    native=$!
    {
        compile_guest -o "$out/$name.plain" "$@" &&
            if [ $kind = plain ]; then
                mv "$out/$name.plain" "$out/$name.wasm.new"
            else
                wasm-opt -g --asyncify "--pass-arg=asyncify-imports@$suspends" -O1 -o "$out/$name.wasm.new" \
                    "$out/$name.plain"
            fi
    } >"$out/$name.wasm.log" 2>&1 || {
        left_behind "$name" $native
        return 0
    }
    finish "$name" $native
    rm -f "$out/$name.plain"
}

# provide PROGRAM NAME...: puts it among the programs that a shell finds.
provide() {
    program=$1
    shift
    [ -x "$out/$program" ] && [ -f "$out/$program.wasm" ] || return 0
    for name; do
        ln -f "$out/$program.wasm" "$out/bin/$name"
        ln -f "$out/$program" "$out/bin-native/$name"
    done
}

if [ ! -f /usr/lib/wasm32-wasi/libc.a ] || [ -z "$builtins" ] || ! command -v wasm-opt >/dev/null; then
    left_out "all are left out: wasi-libc, its builtins or binaryen are missing (see Tests/Guests/packages.txt)"
    exit 0
fi
stamp=$out/stamp
# Made only when every program is there: what was left out is tried again.
inputs="$here/build.sh $here/filters.c $here/posix $here/make $here/../processes/wasix_processes.h"
[ -z "$(find $inputs -newer "$stamp" 2>/dev/null || echo none)" ] && exit 0
fetch dash make-dfsg

(cd "$here" && program plain filters filters.c)

if unpack dash; then
    (
        cd "$out/src/dash/src"
        # As Debian configures it, but without what the C library for WASI has nothing for.
        options="-DBSD=1 -DSHELL -DSMALL -DHAVE_ALLOCA_H -DHAVE_BSEARCH -DHAVE_DECL_ISBLANK -DHAVE_FACCESSAT
            -DHAVE_ISALPHA -DHAVE_KILLPG -DHAVE_MEMPCPY -DHAVE_STPCPY -DHAVE_STRCHRNUL -DHAVE_STRSIGNAL -DHAVE_STRTOD
            -DHAVE_STRTOIMAX -DHAVE_STRTOUMAX -DHAVE_ST_MTIM -DHAVE_SYSCONF -DSIZEOF_INTMAX_T=8
            -DSIZEOF_LONG_LONG_INT=8 -DPRIdMAX=\"jd\" -D_PATH_BSHELL=\"/bin/sh\" -D_PATH_DEVNULL=\"/dev/null\"
            -D_PATH_TTY=\"/dev/tty\""
        files="alias.c arith_yacc.c arith_yylex.c cd.c error.c eval.c exec.c expand.c histedit.c input.c jobs.c mail.c
            main.c memalloc.c miscbltin.c mystring.c options.c parser.c redir.c show.c trap.c output.c bltin/printf.c
            system.c bltin/test.c bltin/times.c var.c"
        {
            sh mktokens
            "$WASM_CLANG" -E -x c -P $options -o builtins.def builtins.def.in
            sh mkbuiltins builtins.def
            for helper in mkinit mksyntax mknodes mksignames; do
                "$WASM_CLANG" -w $options -o $helper $helper.c
            done
            ./mkinit $files
            ./mksyntax
            ./mknodes nodetypes nodes.c.pat
            ./mksignames
        } >"$out/dash.made.log" 2>&1
        program dash -I. $options $files builtins.c init.c nodes.c signames.c syntax.c
    )
fi

if unpack make-dfsg; then
    (
        cd "$out/src/make-dfsg"
        mkdir -p made
        cp lib/glob.in.h made/glob.h
        cp lib/fnmatch.in.h made/fnmatch.h
        files=
        for part in ar arscan commands default dir expand file function getopt getopt1 guile hash implicit job load \
            loadapi main misc output posixos read remake remote-stub rule signame strcache variable version vpath; do
            files="$files src/$part.c"
        done
        program make -DHAVE_CONFIG_H -Dmain=make_main -I "$here/make" -Imade -Isrc -Ilib $files "$here/make/main.c" \
            lib/glob.c lib/fnmatch.c lib/findprog-in.c lib/concat-filename.c lib/xconcat-filename.c
    )
fi

provide filters $filters
provide dash sh dash
provide make make

for name in filters dash make; do
    [ -x "$out/$name" ] && [ -f "$out/$name.wasm" ] || exit 0
done
touch "$stamp"
