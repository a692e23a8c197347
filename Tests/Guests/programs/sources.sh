# To be sourced by a script that builds programs from Debian's source packages, with `here` and `out` set. apt fetches the
# sources with a configuration of its own and checks them as it checks packages; they stay in .deps.
sources=$here/../../../.deps/sources

left_out() { echo "$(basename "$here"): $1" >&2; }

# A program is built both ways at once, natively in the background as NATIVE.
# left_behind NAME NATIVE: it cannot be built for wasm.
left_behind() {
    left_out "$1 is left out: it cannot be built for wasm here ($out/$1.wasm.log)"
    wait "$2" || true
}

# finish NAME NATIVE: what was built takes its place.
finish() {
    wait "$2"
    mv "$out/$1.new" "$out/$1"
    mv "$out/$1.wasm.new" "$out/$1.wasm"
    echo "built $out/$1.wasm"
}

# The upstream archive of a package, if it is here.
archive() { ls "$sources/$1"_*.orig.tar.[bgx]z* 2>/dev/null | grep -v '\.asc$' | tail -1; }

# fetch PACKAGE...
fetch() {
    missing=
    for package; do
        [ -n "$(archive "$package")" ] || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || return 0
    apt=$sources/apt
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$apt/parts"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/parts/$(basename "$file")"
    done
    [ ! -f /etc/apt/sources.list ] || sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$apt/parts/main.list"
    options="-o Dir::State::Lists=$apt/lists -o Dir::Cache=$apt/cache -o Dir::Etc::SourceList=/dev/null
        -o Dir::Etc::SourceParts=$apt/parts -o APT::Sandbox::User= -o Acquire::Retries=1 -o Acquire::http::Timeout=30"
    release=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    # Not every package need come: those that do not are told of below. The release's own, not a later repair of it. One
    # script at a time.
    (
        flock 9
        cd "$sources"
        apt-get $options update
        for package in $missing; do
            apt-get $options source --download-only "$package/$release" || true
        done
    ) 9>"$sources/lock" >"$sources/log" 2>&1 || true
}

# unpack PACKAGE
unpack() {
    [ ! -d "$out/src/$1" ] || return 0
    file=$(archive "$1")
    if [ -z "$file" ]; then
        left_out "$1 is left out: its source is not here and cannot be fetched (.deps/sources/log)"
        return 1
    fi
    rm -rf "$out/src/$1.new"
    mkdir "$out/src/$1.new"
    tar xf "$file" -C "$out/src/$1.new" --strip-components=1
    mv "$out/src/$1.new" "$out/src/$1"
}
