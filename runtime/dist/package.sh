# Makes the packages of ./bittern dist, which sources this: see docs/install.md.
# shellcheck shell=bash disable=SC2154 # root, dist, jdk and functions come from there

# What an image with its own Java has: bundles of others may use any package of Java SE.
modules=java.se,jdk.unsupported,jdk.crypto.ec,jdk.management,jdk.zipfs

package() {
    local version out=$root/target/packages name tree
    version=$(sed -n 's|.*<version>\(.*\)</version>.*|\1|p' "$root/pom.xml" | head -n 1)
    name=bittern-$version
    tree=$out/$name
    rm -rf "$out"
    umask 022 # every user must be able to read what is installed
    mkdir -p "$tree/bin"
    cp -a "$dist"/{bundles,features,felix,lib,runtime} "$root/LICENSE" "$tree"
    script >"$tree/bin/bittern"
    chmod -R u=rwX,go=rX "$tree"
    chmod 755 "$tree/bin/bittern"
    tar -C "$out" --owner=0 --group=0 -czf "$out/$name.tar.gz" "$name"
    say "made $out/$name.tar.gz"
    debian "$version"
    rm -rf "$out/deb"
    image "$name-$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)"
    rm -rf "$tree"
}

# The script of an installation: the same functions, without what builds.
script() {
    cat <<'TEXT'
#!/usr/bin/env bash
# Runs Bittern. BITTERN_JDK names a Java 25, BITTERN_JAVA_OPTS more options for it.
set -euo pipefail
dist=$(cd -P "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
export BITTERN_SCRIPT=$dist/bin/bittern
# Java is looked for below, and all is built.
need_jdk() { return 0; }
is_fresh() { return 0; }
TEXT
    printf "help() {\n    cat <<'TEXT'\n%s\nTEXT\n}\n" "$(usage | sed -E 's|\./bittern|bittern|; /^  (dev|new-bundle|test|build|dist) /d')"
    declare -f say fail runtime_of jars jvm_options launch run control stream felix demo_swap
    cat <<'TEXT'
is_java25() {
    [[ -n $1 && -x $1/bin/java && -r $1/release ]] && [[ $(<"$1/release") == *'JAVA_VERSION="25'* ]]
}
case ${1:-} in
'') help >&2; exit 2 ;;
help | -h | --help) help; exit ;;
esac
for candidate in "$dist/java" "${BITTERN_JDK:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    if is_java25 "$candidate"; then
        jdk=$candidate
        break
    fi
done
[[ -n ${jdk:-} ]] || fail "no Java 25 found; set BITTERN_JDK to one"
case $1 in
-V | --version) run cli --version ;;
swap) control "$@"; exit ;;
control) shift; control "$@"; exit ;;
stream) shift; stream "$@"; exit ;;
felix) shift; felix "$@"; exit ;;
demo)
    [[ ${2:-} == swap && $# == 2 ]] || fail "there is one demonstration: bittern demo swap" 2
    demo_swap
    ;;
esac
runtime=$(runtime_of "$1")
if [[ -n $runtime ]]; then run "$runtime" "$@"; fi
runtime=$1
shift
[[ $runtime =~ ^[a-z]+$ && $runtime != cli && -e $dist/runtime/$runtime/runtime.json ]] ||
    fail "unknown command '$runtime'; bittern help lists them" 2
run "$runtime" "$@"
TEXT
}

debian() {
    local version=$1 deb=$out/deb
    command -v dpkg-deb >/dev/null || { say "no Debian package: dpkg-deb is missing"; return; }
    mkdir -p "$deb"/{DEBIAN,usr/bin,usr/lib/systemd/system,usr/share/doc/bittern}
    cp -a "$tree" "$deb/usr/lib/bittern"
    mv "$deb/usr/lib/bittern/LICENSE" "$deb/usr/share/doc/bittern/copyright"
    ln -s ../lib/bittern/bin/bittern "$deb/usr/bin/bittern"
    command install -m 644 "$root/runtime/dist/bittern.service" "$deb/usr/lib/systemd/system/"
    cat >"$deb/DEBIAN/control" <<TEXT
Package: bittern
Version: $version
Section: net
Priority: optional
Architecture: all
Installed-Size: $(du -sk "$deb/usr" | cut -f 1)
Depends: openjdk-25-jre-headless | temurin-25-jre | temurin-25-jdk, passwd
Maintainer: The Bittern project <maintainers@bittern.invalid>
Description: BitTorrent daemon and commands
 A daemon with Transmission's RPC, a command line to download, share and make
 torrents, and a streaming endpoint for players.
TEXT
    command install -m 755 "$root"/runtime/dist/debian/{postinst,prerm,postrm} "$deb/DEBIAN/"
    dpkg-deb --root-owner-group -Zgzip -b "$deb" "$out/bittern_${version}_all.deb" >/dev/null
    say "made $out/bittern_${version}_all.deb"
}

image() {
    local image=$out/$1
    [[ -d $jdk/jmods || -x $jdk/bin/jlink ]] || { say "no image: $jdk has no jlink"; return; }
    cp -a "$tree" "$image"
    "$jdk/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
        --output "$image/java" 2>/dev/null || fail "jlink failed"
    train_image "$image"
    tar -C "$out" --owner=0 --group=0 -czf "$image.tar.gz" "$1"
    rm -rf "$image"
    say "made $image.tar.gz"
}

# train_image IMAGE: the cache of a daemon, made by the Java that will use it; other commands take it, too.
train_image() (
    dist=$1 jdk=$1/java work=$out/training
    mkdir "$work"
    jars "$dist/lib" >"$dist/classpath"
    rehearse cli create "$dist/LICENSE" -o "$work/a.torrent" </dev/null >/dev/null || true
    (train_daemon rehearse 2>/dev/null) || true
    rm -rf "$work" "$dist"/{classpath,daemon.next}
    [[ -e $dist/daemon.aot ]] || say "no AOT cache was made for the image: its daemon starts more slowly"
)
