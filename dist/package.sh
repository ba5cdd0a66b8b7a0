#!/usr/bin/env bash
# Makes the packages from a built binary, into target/packages/:
#
#   dist/package.sh BINARY deb     illumio-monitor_VERSION-1_ARCH.deb
#   dist/package.sh BINARY rpm     illumio-monitor-VERSION-1.ARCH.rpm
#   dist/package.sh BINARY tar     illumio-monitor-VERSION-ARCH-linux.tar.gz
#   dist/package.sh BINARY sign    signs the rpm, where SIGN_KEY is set
#   dist/package.sh BINARY sums    SHA256SUMS over what lies there (and SHA256SUMS.asc);
#                                  like sign it never looks at the binary
#
# No root is needed, and the same commit gives the same bytes: names, modes, owners,
# order and times are all set here.
#
# From the Makefile: CARGO, CARGO_TARGET_DIR (absolute), MUSL_TARGET (a triple),
# SIGN_KEY (a key that gpg knows; empty: nothing is signed). For the tests: VERSION, and
# PACKAGES, another folder.
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

binary=$1
out=${PACKAGES:-$CARGO_TARGET_DIR/packages}
version=${VERSION:-$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)}
machine=${MUSL_TARGET%%-*}
# The commit's time; in a tree without git, that of the newest word on what changed.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}"
export SOURCE_DATE_EPOCH

die() { echo "make ${kind:-packages}: $*" >&2; exit 1; }

need() {
    local tool
    for tool; do
        command -v "$tool" >/dev/null || die "$tool is missing here (Debian: ${package[$tool]:-$tool})"
    done
}
declare -A package=([rpmbuild]=rpm [rpmsign]=rpm [gpg]=gnupg [ar]=binutils)

# put MODE SOURCE TARGET, below the stage.
put() { install -D -m "$1" "$2" "$stage$3"; }
put_gz() { mkdir -p "$stage$(dirname "$2")" && gzip -9nc "$1" >"$stage$2.gz" && chmod 644 "$stage$2.gz"; }
# A guide below FOLDER, where what stands in dist/ here stands beside the README: its links
# go on leading to the same documents.
put_guide() {
    local to=$stage$2/${1#dist/}
    mkdir -p "$(dirname "$to")"
    sed 's|](dist/|](|g; s|](\.\./\.\./|](../|g' "$1" >"$to"
    chmod 644 "$to"
}

# What needs cargo is made once and serves all three.
make_papers() {
    need jq
    papers=$CARGO_TARGET_DIR/packages/.papers
    [ -f "$papers/of" ] && [ "$(cat "$papers/of")" = "$(papers_of)" ] && return
    rm -rf "$papers"
    dist/papers.sh "$papers"
    env -u RUSTFLAGS "$CARGO" run --quiet --locked --example completions -- "$papers/completions"
    papers_of >"$papers/of"
}
papers_of() { cat Cargo.lock src/commands/cli.rs dist/papers.sh dist/completions/*.rs | sha256sum; echo "$MUSL_TARGET $SOURCE_DATE_EPOCH"; }

guides() {
    local file
    for file in README.md README.zh-TW.md CHANGELOG.md dist/security.md dist/security.zh-TW.md \
        dist/postfix-relay.md dist/postfix-relay.zh-TW.md dist/manual/*.md; do
        echo "$file"
    done
}

# The tree as both package formats install it; zsh looks in a folder of its own on each.
lay_out() {
    local zsh=$1 file doc=/usr/share/doc/illumio-monitor
    stage=$out/.stage
    rm -rf "$stage"
    mkdir -p "$stage"
    put 755 "$binary" /usr/bin/illumio-monitor
    put 644 dist/cron.d/illumio-monitor /etc/cron.d/illumio-monitor
    put 644 dist/systemd/illumio-monitor.service /usr/lib/systemd/system/illumio-monitor.service
    put 644 dist/systemd/illumio-monitor.timer /usr/lib/systemd/system/illumio-monitor.timer
    put_gz dist/man/illumio-monitor.1 /usr/share/man/man1/illumio-monitor.1
    put_gz dist/man/illumio-monitor.json.5 /usr/share/man/man5/illumio-monitor.json.5
    put 644 "$papers/completions/illumio-monitor.bash" /usr/share/bash-completion/completions/illumio-monitor
    put 644 "$papers/completions/_illumio-monitor" "/usr/share/zsh/$zsh/_illumio-monitor"
    put 644 "$papers/completions/illumio-monitor.fish" /usr/share/fish/vendor_completions.d/illumio-monitor.fish
    for file in $(guides); do
        put_guide "$file" "$doc"
    done
    put 644 dist/illumio_api_config.example.json "$doc/examples/illumio_api_config.json"
    put 644 dist/systemd/hardening.conf "$doc/examples/hardening.conf"
    put 644 dist/systemd/credentials.conf "$doc/examples/credentials.conf"
    put_gz "$papers/sbom.cdx.json" "$doc/sbom.cdx.json"
    install -d -m 750 "$stage/etc/illumio-monitor" "$stage/var/lib/illumio-monitor"
    find "$stage" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# What belongs to the service's user, by name: dpkg looks the number up when it
# unpacks, after preinst has made the user.
pack_tree() {
    local folder=$1 archive=$2
    local tar=(tar --format=gnu --numeric-owner --sort=name --mtime="@$SOURCE_DATE_EPOCH" -C "$folder")
    "${tar[@]}" --owner=root:0 --group=root:0 -cf "$archive" \
        --exclude=./etc/illumio-monitor --exclude=./var/lib/illumio-monitor .
    [ "$folder" = "$stage" ] || return 0
    tar=("${tar[@]/--numeric-owner/--no-recursion}")
    "${tar[@]}" --owner=root:0 --group=illumio-monitor:0 -rf "$archive" ./etc/illumio-monitor
    "${tar[@]}" --owner=illumio-monitor:0 --group=illumio-monitor:0 -rf "$archive" ./var/lib/illumio-monitor
}

# A .deb is an ar of three parts; built by hand it needs neither root nor fakeroot.
make_deb() {
    need ar jq
    local arch control=$out/.control work=$out/.deb doc=/usr/share/doc/illumio-monitor file
    case $machine in x86_64) arch=amd64 ;; aarch64) arch=arm64 ;; *) arch=$machine ;; esac
    make_papers
    lay_out vendor-completions
    rm -rf "$control" "$work"
    mkdir -p "$control" "$work"
    put 644 dist/debian/copyright "$doc/copyright"
    put_gz "$papers/THIRD-PARTY-LICENSES" "$doc/THIRD-PARTY-LICENSES"
    rm "$stage$doc/CHANGELOG.md"
    put_gz CHANGELOG.md "$doc/changelog"
    printf 'illumio-monitor (%s-1) stable; urgency=medium\n\n  * See changelog.gz.\n\n -- %s  %s\n' \
        "$version" "$(sed -n 's/^Maintainer: //p' dist/debian/control)" "$(date -R -d "@$SOURCE_DATE_EPOCH")" |
        gzip -9n >"$stage$doc/changelog.Debian.gz"
    for file in preinst postinst prerm postrm; do
        install -m 755 "dist/debian/$file" "$control/$file"
    done
    echo /etc/cron.d/illumio-monitor >"$control/conffiles"
    sed "s/@VERSION@/$version-1/; s/@ARCH@/$arch/; s/@SIZE@/$(du -ks --apparent-size "$stage" | cut -f1)/" \
        dist/debian/control >"$control/control"
    (cd "$stage" && find . -type f ! -path './etc/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$control/md5sums"
    pack_tree "$stage" "$work/data.tar"
    pack_tree "$control" "$work/control.tar"
    gzip -9n "$work/data.tar" "$work/control.tar"
    echo 2.0 >"$work/debian-binary"
    file=$out/illumio-monitor_$version-1_$arch.deb
    rm -f "$file"
    (cd "$work" && ar rcD "$file" debian-binary control.tar.gz data.tar.gz)
    echo "$file"
}

make_rpm() {
    need rpmbuild jq
    local work=$out/.rpm file=$out/illumio-monitor-$version-1.$machine.rpm
    make_papers
    lay_out site-functions
    put 644 LICENSE /usr/share/licenses/illumio-monitor/LICENSE
    put 644 "$papers/THIRD-PARTY-LICENSES" /usr/share/licenses/illumio-monitor/THIRD-PARTY-LICENSES
    rm -rf "$work"
    mkdir -p "$work"
    HOME=$work rpmbuild -bb --quiet --target "$machine-linux" --dbpath "$work/db" \
        --define "_topdir $work" --define "_rpmdir $work" --define "_rpmfilename out.rpm" \
        --define "app_version $version" --define "stage $stage" \
        --define "app_day $(date -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y')" \
        dist/rpm/illumio-monitor.spec >"$work/log" 2>&1 || { cat "$work/log" >&2; die "rpmbuild failed"; }
    mv "$work/out.rpm" "$file"
    echo "$file"
}

# For a folder of your own: the program and what belongs to it, nothing installed.
make_tar() {
    make_papers
    local name=illumio-monitor-$version-$machine-linux file folder
    stage=$out/.stage
    rm -rf "$stage"
    folder=/$name
    put 755 "$binary" "$folder/illumio-monitor"
    for file in $(guides); do
        put_guide "$file" "$folder"
    done
    for file in LICENSE "$papers/THIRD-PARTY-LICENSES" "$papers/sbom.cdx.json" \
        dist/illumio_api_config.example.json; do
        put 644 "$file" "$folder/$(basename "$file")"
    done
    for file in dist/man/* dist/cron.d/* dist/systemd/*; do
        put 644 "$file" "$folder/${file#dist/}"
    done
    for file in "$papers/completions/"*; do
        put 644 "$file" "$folder/completions/$(basename "$file")"
    done
    file=$out/$name.tar.gz
    tar --format=gnu --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=root:0 --group=root:0 \
        -C "$stage" -c "$name" | gzip -9n >"$file"
    cp "$papers/sbom.cdx.json" "$out/illumio-monitor-$version.cdx.json"
    echo "$file"
}

# gpg under the name that every distribution has; rpm would look for gpg2.
make_sign() {
    [ -n "${SIGN_KEY:-}" ] || return 0
    need rpmsign gpg
    rpmsign --define "_gpg_name $SIGN_KEY" --define "__gpg $(command -v gpg)" \
        --addsign "$out/illumio-monitor-$version"-*.rpm >&2
}

make_sums() {
    cd "$out"
    sha256sum illumio-monitor[-_]"$version"* >SHA256SUMS
    rm -f SHA256SUMS.asc
    if [ -n "${SIGN_KEY:-}" ]; then
        need gpg
        gpg --batch --local-user "$SIGN_KEY" --armor --detach-sign SHA256SUMS
    fi
    echo "$out/SHA256SUMS"
}

[ -x "$binary" ] || die "there is no program at $binary"
mkdir -p "$out"
shift
for kind; do
    "make_$kind"
done
