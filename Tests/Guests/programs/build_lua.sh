# To be sourced by build.sh in a shell of its own: Lua as a program that loads libraries while it runs, and two libraries.
#   OUTDIR/programs/lua.wasm and lua                      Lua with a C library, position independent
#   OUTDIR/programs/lua.wasm.lib/NAME.so, lua.lib/NAME.so libraries for `require`
# Debian's C library for WASI is not position independent: what Lua needs of it is compiled from its source.
libc=$out/src/wasi-libc
bottom=$libc/libc-bottom-half
top=$libc/libc-top-half
musl=$top/musl
lua=$out/src/lua5.4/src
installed=/usr/lib/wasm32-wasi
objects=$out/lua.objects
wasm="--target=wasm32-wasi --sysroot=/usr -O1 -w -fPIC -fvisibility=default -D_WASI_EMULATED_SIGNAL"
posix="-D_GNU_SOURCE -D_WASI_EMULATED_PROCESS_CLOCKS -I $here/wasi -include $here/wasi/posix.h -I $lua"
jumps="-mllvm -wasm-enable-sjlj -mllvm -wasm-use-legacy-eh=false"
linker="${WASM_CLANG%clang}wasm-ld --experimental-pic --unresolved-symbols=import-dynamic -Bdynamic"
libraries="lfs lpeg"

library_sources() {
    case $1 in
    lfs) echo "$out/src/lua-filesystem/src/lfs.c" ;;
    lpeg) echo "$out"/src/lua-lpeg/lp*.c ;;
    esac
}

# objects NAME ARGUMENT...: compiles into a directory of that name.
objects() {
    mkdir "$objects/$1"
    cd "$objects/$1"
    shift
    "$WASM_CLANG" $wasm "$@"
}

# The C library's objects that a program of these objects needs, told by linking it with the installed one.
members() {
    "${WASM_CLANG%clang}wasm-ld" -r --trace -o "$objects/whole" "$@" \
        "$installed"/libwasi-emulated-signal.a "$installed"/libwasi-emulated-process-clocks.a "$installed/libc.a" |
        sed -n 's/.*(\(.*\)\.o)$/\1/p' | sort -u
}

# Of these, the sources: each of the library's parts is compiled with headers of its own.
c_library() {
    emulated= system= portable=
    for name; do
        source=$(find "$bottom/signal" "$bottom/clocks" -name "$name.c")
        if [ -n "$source" ]; then
            emulated="$emulated $source"
            continue
        fi
        source=$(find "$bottom/sources" "$bottom/cloudlibc" -name "$name.c" | tail -1)
        if [ -n "$source" ]; then
            system="$system $source"
            continue
        fi
        portable="$portable $(find "$top/sources" "$musl/src" -maxdepth 2 -name "$name.c")"
    done
    wasm="$wasm -DNDEBUG"
    objects malloc -I "$libc/dlmalloc/include" -c "$libc/dlmalloc/src/dlmalloc.c"
    objects emulated -I "$bottom/cloudlibc/src" -c $emulated
    objects system -I "$bottom/headers/private" -I "$bottom/cloudlibc/src/include" -I "$bottom/cloudlibc/src" \
        -c $system
    objects portable -I "$musl/src/include" -I "$musl/src/internal" -I "$musl/arch/wasm32" -I "$musl/arch/generic" \
        -I "$top/headers/private" -fno-trapping-math -D__wasilibc_printscan_no_long_double \
        '-D__wasilibc_printscan_full_support_option="-lc-printscan-long-double"' -c $portable
}

build_wasm() {
    rm -rf "$objects"
    mkdir -p "$objects" "$out/lua.wasm.lib"
    objects lua $posix $jumps -DLUA_USE_DLOPEN -c $(ls "$lua"/*.c | grep -v '/luac\.c') "$here"/wasi/*.c \
        "$here"/wasi/shared/*.c
    for library in $libraries; do
        objects "$library" $posix -c $(library_sources "$library")
        $linker -shared --no-entry --export-dynamic --export-if-defined=__wasm_call_ctors \
            -o "$out/lua.wasm.lib/$library.so" "$objects/$library"/*.o
    done
    # The libraries' needs are the program's, who has the only C library.
    needed=$(members "$objects"/*/*.o | grep -v '^dlmalloc$')
    for library in $libraries; do rm -r "$objects/$library"; done
    c_library $needed
    $linker -pie --import-memory --import-table --export-dynamic -o "$out/lua.wasm.new" "$objects"/*/*.o "$builtins"
    rm -rf "$objects"
}

build_native() {
    mkdir -p "$out/lua.lib"
    cd "$lua"
    "$WASM_CLANG" -O1 -w -D_GNU_SOURCE -DLUA_USE_DLOPEN -Wl,-E -o "$out/lua.new" $(ls ./*.c | grep -v '/luac\.c') -lm -ldl
    for library in $libraries; do
        "$WASM_CLANG" -O1 -w -D_GNU_SOURCE -I "$lua" -fPIC -shared -o "$out/lua.lib/$library.so" $(library_sources "$library")
    done
}

# Both in the background: in a condition, errors would not end them.
(build_native) >"$out/lua.log" 2>&1 &
native=$!
(build_wasm) >"$out/lua.wasm.log" 2>&1 &
if wait $!; then finish lua $native; else left_behind lua $native; fi
