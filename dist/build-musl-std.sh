#!/usr/bin/env bash
# Builds Rust's standard library for musl from the distribution's own packages:
# what `make musl` runs, and how one builds on a closed network.
# Afterwards the distribution's rustc links static binaries with stable flags alone:
# rustc --sysroot="$MUSL_SYSROOT" --target="$MUSL_TARGET".
#
# From the Makefile: MUSL_TARGET (a triple), MUSL_SYSROOT (where the result goes, a
# folder beneath target/), DISTRO_RUST (the folder of the distribution's compiler).
# Root is needed only where a package is missing.
set -euo pipefail

sysroot=$MUSL_SYSROOT
target=$MUSL_TARGET
distro=$DISTRO_RUST
packages=(rustc-web cargo-web rust-web-src musl-tools gcc libc6-dev)

die() { echo "make musl: $*" >&2; exit 1; }

# Compiler and source must be of one version: std of one release does not compile
# with the rustc of another. So both come from the distribution, never from rustup.
std_source() { echo "$("$distro/rustc" --print sysroot)/lib/rustlib/src/rust/library"; }

packages_present() {
    [ -x "$distro/rustc" ] && [ -x "$distro/cargo" ] &&
        [ -f "$(std_source)/std/Cargo.toml" ] &&
        command -v musl-gcc >/dev/null && command -v gcc >/dev/null
}

install_packages() {
    command -v apt-get >/dev/null ||
        die "this needs Debian's or Ubuntu's packages; elsewhere add the target $target to your Rust toolchain and run make build."
    [ "$(id -u)" = 0 ] ||
        die "packages are missing; run it as root once, or have these installed: ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    # Some other source in the list may be out of reach: the install tells if ours is.
    apt-get -q update </dev/null || true
    # --no-remove: rustc-web conflicts with Debian's older rustc, which is the user's to remove.
    apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends --no-remove \
        "${packages[@]}" </dev/null ||
        die "apt-get could not install: ${packages[*]} (this release may not have them, or its rustc package is in the way)."
    packages_present || die "the packages are installed, but $distro/rustc, $distro/cargo or the std source is not there."
}

# What the result depends on; as long as it stays the same, nothing is built again.
fingerprint() {
    "$distro/rustc" -vV
    echo "target: $target"
    sha256sum <"$0"
    sha256sum <"$(musl_file libc.a)"
}

# Where Debian's musl-dev puts musl. (musl-gcc -print-file-name answers with glibc's files.)
musl_file() { echo "/usr/lib/${target/-unknown/}/$1"; }
gcc_file() { gcc -print-file-name="$1"; }

# The shipped binary is panic=abort, so std is built that way, too: it then holds no
# unwinder, and panic_abort gets the one setting under which it works.
build_std() {
    local crate=$1
    mkdir -p "$crate/src"
    : >"$crate/src/lib.rs"
    cat >"$crate/Cargo.toml" <<'TOML'
[package]
name = "std-for-musl"
edition = "2021"
[workspace]
[profile.release]
panic = "abort"
codegen-units = 1
opt-level = "s"
TOML
    # The bootstrap variable opens -Zbuild-std to a stable compiler, here alone.
    # The source package brings std's dependencies, so nothing is fetched.
    # RUSTFLAGS: the program's link-time optimisation needs std's bitcode.
    # Unset: what would lead to another compiler or another target.
    env -u RUSTUP_TOOLCHAIN -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_TARGET \
        -u RUSTC_WRAPPER -u RUSTC_WORKSPACE_WRAPPER \
        RUSTC="$distro/rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS="-C embed-bitcode=yes" \
        CARGO_TARGET_DIR="$crate/target" \
        "$distro/cargo" build --manifest-path "$crate/Cargo.toml" --release --offline \
        --config 'source.crates-io.replace-with="std-vendor"' \
        --config "source.std-vendor.directory=\"$(std_source)/vendor\"" \
        -Zbuild-std=std,panic_abort -Zbuild-std-features= --target "$target"
}

# std refers to an unwinder all the same, for backtraces. gcc's needs glibc and aborts
# without it; LLVM's, as packaged, is compiled for glibc. A stripped binary has no names
# to show in a backtrace, so this one ends before the first frame; a panic prints its
# message as ever, and aborts. Under panic=abort the rest is never called.
build_unwind_stub() {
    local dir=$1
    cat >"$dir/unwind.c" <<'C'
#include <stdlib.h>
enum { END_OF_STACK = 5 }; /* _URC_END_OF_STACK of the Itanium C++ ABI */
int _Unwind_Backtrace(void *step, void *data) { (void)step; (void)data; return END_OF_STACK; }
#define NEVER_CALLED(name) void name(void) { abort(); }
NEVER_CALLED(_Unwind_FindEnclosingFunction)
NEVER_CALLED(_Unwind_GetCFA)
NEVER_CALLED(_Unwind_GetDataRelBase)
NEVER_CALLED(_Unwind_GetIP)
NEVER_CALLED(_Unwind_GetIPInfo)
NEVER_CALLED(_Unwind_GetLanguageSpecificData)
NEVER_CALLED(_Unwind_GetRegionStart)
NEVER_CALLED(_Unwind_GetTextRelBase)
NEVER_CALLED(_Unwind_SetGR)
NEVER_CALLED(_Unwind_SetIP)
C
    musl-gcc -O2 -fPIC -c "$dir/unwind.c" -o "$dir/unwind.o"
    ar rcs "$dir/libunwind.a" "$dir/unwind.o"
}

# A sysroot as rustc looks for it: the crates in lib/, and in lib/self-contained/ what
# the linker needs for a static-pie binary without any file of the host's libc.
lay_out() {
    local work=$1 lib=$2 file
    mkdir -p "$lib/self-contained"
    cp "$work/crate/target/$target/release/deps/"*.rlib "$lib/"
    rm -f "$lib/"libstd_for_musl-*
    cp "$work/libunwind.a" "$lib/self-contained/"
    for file in crt1.o rcrt1.o Scrt1.o crti.o crtn.o libc.a; do
        cp "$(musl_file $file)" "$lib/self-contained/"
    done
    for file in crtbegin.o crtbeginS.o crtend.o crtendS.o; do
        cp "$(gcc_file $file)" "$lib/self-contained/"
    done
}

packages_present || install_packages
if [ -f "$sysroot/built-from" ] && [ "$(cat "$sysroot/built-from")" = "$(fingerprint)" ]; then
    echo "make musl: $sysroot is there already, for $("$distro/rustc" --version)"
    exit 0
fi

# Built beside its place and moved there at the end: an interrupted run leaves nothing
# that looks finished.
rm -rf "$sysroot" "$sysroot.new"
mkdir -p "$sysroot.new/work"
work=$(cd "$sysroot.new/work" && pwd)
build_std "$work/crate"
build_unwind_stub "$work"
lay_out "$work" "$sysroot.new/lib/rustlib/$target/lib"
rm -rf "$sysroot.new/work"
fingerprint >"$sysroot.new/built-from"
mv "$sysroot.new" "$sysroot"
echo "make musl: std for $target is in $sysroot; make build takes it from there"
