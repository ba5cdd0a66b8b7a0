#!/usr/bin/env bash
# For a closed network: the commit's sources and all its crates in one tarball. There,
# unpack it and run `make musl build` (or deb, rpm, dist); cargo asks no registry.
# From the Makefile: CARGO, CARGO_TARGET_DIR (absolute).
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022

out=$CARGO_TARGET_DIR/packages
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
name=illumio-monitor-$version-source
work=$out/.vendor
rm -rf "$work"
mkdir -p "$work/$name/.cargo"

git archive HEAD | tar -x -C "$work/$name"
(cd "$work/$name" && "$CARGO" vendor --quiet --locked --versioned-dirs vendor >.cargo/config.toml)
# The commit's time stands for git's, which isn't there.
find "$work/$name" -exec touch --no-dereference --date="@$epoch" {} +
tar --format=gnu --sort=name --mtime="@$epoch" --owner=root:0 --group=root:0 \
    -C "$work" -c "$name" | gzip -9n >"$out/$name.tar.gz"
rm -rf "$work"
echo "$out/$name.tar.gz"
