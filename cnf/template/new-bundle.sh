# Makes a new adapter bundle from the files beside this one: ./bittern new-bundle NAME, which sources it. See CONTRIBUTING.md.
# shellcheck shell=bash disable=SC2154 # root and functions come from there

# new_bundle NAME: a folder, a module, a row of the floor plan, a feature.
new_bundle() {
    local name=${1:-} bundle folder class='' version part
    name=${name#org.bittern.}
    # Longer names would need other line breaks than the template has.
    [[ $name =~ ^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$ && ${#name} -le 30 ]] ||
        fail "usage: ./bittern new-bundle NAME, such as 'hello' or 'hello.world'" 2
    bundle=org.bittern.$name
    folder=$root/bundles/$bundle
    [[ ! -e $folder ]] || fail "there is a folder $folder"
    [[ ! -e $root/features/$name.json ]] || fail "there is a feature '$name'"
    ! grep -Eq "^bundle $bundle( |$)" "$root/cnf/floors.txt" || fail "cnf/floors.txt has a row for $bundle"
    for part in ${name//./ }; do class+=${part^}; done
    version=$(sed -n 's|.*<version>\(.*\)</version>.*|\1|p' "$root/pom.xml" | head -n 1)

    local code=$folder/src/main/java/${bundle//.//}/internal tests=$folder/src/test/java/${bundle//.//}/internal
    mkdir -p "$code" "$tests"
    fill pom.xml >"$folder/pom.xml"
    fill package-info.java >"$code/package-info.java"
    fill Servlet.java >"$code/${class}Servlet.java"
    fill Test.java >"$tests/${class}ServletTest.java"
    fill feature.json >"$root/features/$name.json"

    after_last '<module>bundles/' "    <module>bundles/$bundle</module>" "$root/pom.xml"
    after_last '<scope>provided</scope>' "$(fill dependency.xml)" "$root/runtime/dist/pom.xml"
    printf 'bundle %-24s adapter  only-in nothing\n' "$bundle" >>"$root/cnf/floors.txt"

    say "made bundles/$bundle, features/$name.json, a line in pom.xml and in runtime/dist/pom.xml, and a row in cnf/floors.txt"
    cat <<TEXT
test it:  mvn -q -pl bundles/$bundle -am verify
run it:   ./bittern dev --with $name, then http://127.0.0.1:9091/${name//.//}
TEXT
}

# after_last TEXT LINE FILE: the new file replaces the old one whole.
after_last() {
    awk -v text="$1" -v line="$2" '
        { lines[NR] = $0 } index($0, text) { last = NR }
        END { for (i = 1; i <= NR; i++) { print lines[i]; if (i == last) print line } }' "$3" >"$3.next"
    mv "$3.next" "$3"
}

# fill FILE: a file of the template with its placeholders filled in.
fill() {
    sed -e "s|@bundle@|$bundle|g; s|@name@|$name|g; s|@path@|${name//.//}|g; s|@Class@|$class|g; s|@version@|$version|g" \
        "$root/cnf/template/$1"
}
