#!/bin/sh
# Runs a program's own test suite in the current, empty directory: suite.sh NAME PROGRAMS [WASIX_TOP]
# PROGRAMS is what build.sh made. With WASIX_TOP the programs tested are the guests, else the native ones. What the suite
# says goes to standard output; it is the same for both.
set -eu
name=$1 programs=$2 wasix_top=${3:-}
source=$programs/src

# install PROGRAM [OPTION...]: puts it here. The guest sees this directory, by all its names, and /dev.
install() {
    program=$1
    shift
    if [ -z "$wasix_top" ]; then
        ln -s "$programs/$program" "$program"
        return
    fi
    cat >"$program" <<END
#!/bin/sh
exec "$wasix_top" run --argv0 "\$0" --forward-host-env --dir . --dir "$PWD" --dir /dev $* "$programs/$program.wasm" "\$@"
END
    chmod +x "$program"
}

case $name in
bzip2)
    cp "$source"/bzip2/Makefile "$source"/bzip2/words* "$source"/bzip2/sample* .
    install bzip2
    make -s -o bzip2 test
    ;;
zlib)
    install minigzip
    install example
    make -s -f "$source/zlib/Makefile.in" -o static teststatic | grep -v '^zlib version'
    ;;
clzip)
    install clzip
    cp -r "$source/clzip/testsuite" .
    sh testsuite/check.sh testsuite 1
    ;;
byacc)
    install yacc
    cp -r "$source/byacc/test" .
    touch config.h
    # What depends on the day and on the process is taken out; differences to the references are part of the transcript.
    sh test/run_test.sh test 2>&1 | sed -e '/^\*\* [A-Z][a-z][a-z] /d' -e '/^\(\*\*\*\|---\) test/s/\t.*//'
    ;;
awk)
    # Each test's output is compared with that of the native awk. Left out are those that start other programs, and the
    # one that prints random numbers of the C library.
    cp -r "$source"/original-awk/testdir/* .
    install awk
    rm p.48 p.48b p.50 t.in t.in1 t.pipe t.randk
    for kind in p t; do
        oldawk="$programs/awk" awk=./awk sh "Compare.$kind" "$kind".* | sed '/^oldawk/d'
    done
    ;;
pcre2)
    install pcre2test
    install pcre2grep
    cp -r "$source/pcre2/testdata" "$source/pcre2/RunTest" "$source/pcre2/RunGrepTest" .
    srcdir=. sh RunTest
    srcdir=. sh RunGrepTest
    ;;
lua)
    # The tests of two libraries in C that `require` loads: file system and parsing expressions.
    mkdir -p work files
    touch files/one files/two
    cp "$programs/lua${wasix_top:+.wasm}.lib"/* .
    install lua --dir files::/tmp
    export LUA_CPATH='./?.so'
    cp "$source/lua-filesystem/tests/test.lua" work
    ./lua -e 'require"lfs".chdir"work"' test.lua
    cp "$source"/lua-lpeg/*.lua .
    ./lua test.lua
    # Which step of loading failed, and an error of the library's that the program catches.
    ./lua -e 'print(package.loadlib("./lpeg.so", "luaopen_lpeg") ~= nil)
        print(select(3, package.loadlib("./none.so", "none")), select(3, package.loadlib("./lpeg.so", "none")))
        print(pcall(require"lpeg".match))'
    ;;
*)
    echo "suite.sh: no suite $name" >&2
    exit 64
    ;;
esac
