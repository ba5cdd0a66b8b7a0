#!/usr/bin/env bash
# Builds the static release binary and prints where it lies, as the only line on
# standard output: what `make build`, `make test` and `make demo` run.
#
#   dist/build-static.sh               for musl: what ships; stops where there is no musl std
#   dist/build-static.sh --or-glibc    there takes the host's glibc instead: enough for a test
#   dist/build-static.sh --bench       the program that measures it, in the same way
#
# From the Makefile: CARGO, CARGO_TARGET_DIR (absolute), MUSL_TARGET (a triple),
# MUSL_SYSROOT and DISTRO_RUST (what `make musl` makes, and with which compiler).
set -euo pipefail

say() { echo "$*" >&2; }

# The toolchain in use has the musl std: rustup's target, or a distribution's.
toolchain_has_musl() {
    local lib
    lib=$("${RUSTC:-rustc}" --print target-libdir --target "$MUSL_TARGET" 2>/dev/null) &&
        compgen -G "$lib/libstd-*.rlib" >/dev/null
}

# `make musl` has run, and the compiler it was for has not been upgraded since.
sysroot_is_built() {
    [ -f "$MUSL_SYSROOT/built-from" ] && [ -x "$DISTRO_RUST/cargo" ] &&
        [ "$(head -n 1 "$MUSL_SYSROOT/built-from")" = "$("$DISTRO_RUST/rustc" --version)" ]
}

# ring has C in it, which must be compiled against musl's headers. For another machine's
# processor a cross compiler does that, and links. Your own choice stands.
use_musl_gcc() {
    local machine=${MUSL_TARGET%%-*} name=${MUSL_TARGET//-/_} gcc=musl-gcc
    [ "$machine" = "$(uname -m)" ] || gcc=$machine-linux-musl-gcc
    command -v "$gcc" >/dev/null || return 0
    local compiler=CC_$name linker=CARGO_TARGET_${name^^}_LINKER
    [ -n "${!compiler:-}" ] || export "$compiler=$gcc"
    [ "$gcc" = musl-gcc ] || [ -n "${!linker:-}" ] || export "$linker=$gcc"
}

target=$MUSL_TARGET
cargo=${CARGO:-cargo}
# With --target these reach the program and its crates, but not the build scripts.
# A panic aborts, so nothing ever unwinds: the tables for it would be a tenth of the program.
flags="-C target-feature=+crt-static -C force-unwind-tables=no"

if toolchain_has_musl; then
    use_musl_gcc
elif sysroot_is_built; then
    # That std fits the distribution's compiler alone, so a rustup setting must not
    # lead past it.
    unset RUSTUP_TOOLCHAIN
    export RUSTC=$DISTRO_RUST/rustc
    cargo=$DISTRO_RUST/cargo
    flags+=" --sysroot=$MUSL_SYSROOT"
    use_musl_gcc
elif [ "${1:-}" = --or-glibc ]; then
    target=$(uname -m)-unknown-linux-gnu
    say "*** No musl standard library here: using a static glibc build instead. What ships comes from: make build ***"
else
    say "make build: there is no standard library for $MUSL_TARGET; run 'make musl' (Debian or Ubuntu), or add that target to your Rust toolchain."
    exit 1
fi

# No folder of the builder's in the binary, so that every builder gets the same bytes.
for folder in "${CARGO_HOME:-$HOME/.cargo}=/cargo" "$PWD=/source" "$CARGO_TARGET_DIR=/target"; do
    flags+=" --remap-path-prefix=$folder"
done

# Cargo prefers the encoded form to RUSTFLAGS, and would then drop the flags above.
unset CARGO_ENCODED_RUSTFLAGS
what=(--bin illumio-monitor) where=illumio-monitor
if [ "${1:-}" = --bench ]; then
    what=(--example bench) where=examples/bench
fi
RUSTFLAGS="${RUSTFLAGS:-} $flags" "$cargo" build --release --locked "${what[@]}" --target "$target" >&2
echo "$CARGO_TARGET_DIR/$target/release/$where"
