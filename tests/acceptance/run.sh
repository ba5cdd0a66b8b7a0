#!/usr/bin/env bash
# `make acceptance`: what the packages promise, tried on Debian with the real dpkg, rpm,
# systemd, cron, Postfix and shells. As root; what is missing is installed from Debian.
#
#   tests/acceptance/run.sh BINARY [THEME...]    a theme is a file beside this one
#
# Nothing of this host is touched but for the tools: every theme runs on a throwaway
# copy of it, an overlay on / with its own processes and its own loopback network,
# which is gone when the theme ends. `documents`, `cron` and `relay` are booted there by a
# real systemd.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=tests/acceptance
binary=$(realpath "$1")
shift
themes=("$@")
[ ${#themes[@]} -gt 0 ] || themes=(papers documents debian rpm dropin menu cron postfix relay siem faults cost)

die() { echo "make acceptance: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "this needs root; nothing was tried."
command -v apt-get >/dev/null || die "this needs Debian's packages; nothing was tried."

# tool package: what the themes call.
tools() {
    cat <<'TOOLS'
rpmbuild rpm
rpmlint rpmlint
lintian lintian
jq jq
cpio cpio
ar binutils
gpg gnupg
man man-db
zsh zsh
fish fish
cron cron
socat socat
expect expect
ip iproute2
openssl openssl
systemctl systemd
systemd-nspawn systemd-container
dbus-daemon dbus
postfix postfix
saslpasswd2 sasl2-bin
setpriv util-linux
adduser adduser
update-ca-certificates ca-certificates
valgrind valgrind
strace strace
rsyslogd rsyslog
TOOLS
}

# A service that a new package would start has no business on this host.
install_tools() {
    local tool name missing=()
    while read -r tool name; do
        command -v "$tool" >/dev/null || missing+=("$name")
    done < <(tools)
    for name in libsasl2-modules rsyslog-gnutls; do
        dpkg -s "$name" >/dev/null 2>&1 || missing+=("$name")
    done
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "installing ${missing[*]}"
    local policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] || { printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && trap "rm -f $policy" EXIT; }
    apt-get -q update >/dev/null || true # an unrelated source may be out of reach
    DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 install -y \
        --no-install-recommends "${missing[@]}" >/dev/null ||
        die "Debian's packages ${missing[*]} could not be installed."
}

# The packages themes install: this version, made twice, and a newer one.
make_packages() {
    local kind
    work=$CARGO_TARGET_DIR/acceptance
    rm -rf "$work"
    mkdir -p "$work"
    for kind in this again newer; do
        local version=
        [ "$kind" != newer ] || version=99.0.0
        VERSION=$version PACKAGES=$work/$kind dist/package.sh "$binary" deb rpm tar sums >/dev/null
    done
    "$CARGO" build --quiet --locked --example simulated-pce
    cp "$CARGO_TARGET_DIR/debug/examples/simulated-pce" "$work/"
}

# Packages of Debian's that a theme installs by apt-get, with no network, as a person would.
make_archive() {
    local package
    mkdir "$work/archive"
    (cd "$work/archive" && apt-get -q=2 download postfix libsasl2-modules ca-certificates 2>/dev/null &&
        for package in *.deb; do
            dpkg-deb --field "$package"
            printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$package" "$(stat -c %s "$package")" \
                "$(sha256sum "$package" | cut -d' ' -f1)"
        done >Packages) || die "Debian's postfix could not be downloaded."
}

# Readers of CEF that are not of our making, from PyPI.
make_readers() {
    local readers=$CARGO_TARGET_DIR/cef-readers
    [ -x "$readers/bin/python" ] || python3 -m venv "$readers"
    "$readers/bin/pip" install --quiet cefp==0.0.2 cefevent==0.5.6
    mkdir -p "$work/python"
    cp -r "$readers"/lib/python3*/site-packages/{cefp.py,cefevent} "$work/python/"
}

# On the throwaway copy: / below, everything written goes to memory.
throwaway='
    set -e
    root=$WORK/root
    mkdir -p "$root"
    mount -t tmpfs tmpfs "$root"
    mkdir "$root"/{upper,work,host}
    mount -t overlay overlay -o "lowerdir=/,upperdir=$root/upper,workdir=$root/work" "$root/host"
    host=$root/host
    mkdir -p "$host$PWD" "$host$WORK"
    mount --rbind -o ro "$PWD" "$host$PWD"
    mount --bind "$WORK" "$host$WORK"
    # What this host has of it is not what the package makes.
    rm -rf "$host"/{etc,var/lib}/illumio-monitor "$host/etc/cron.d" "$host"/usr/sbin/policy-rc.d
    mkdir "$host/etc/cron.d"
'

in_chroot() {
    # shellcheck disable=SC2016
    unshare --mount --net --pid --ipc --uts --fork --kill-child bash -c "$throwaway"'
        mount --rbind /dev "$host/dev"
        mount --make-rslave "$host/dev"
        mount -t tmpfs tmpfs "$host/run"
        mount -t proc proc "$host/proc"
        ip link set lo up
        exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb WORK="$WORK" REPO="$PWD" RECORD="${RECORD:-}" \
            SWEEP="${ILLUMIO_MONITOR_SWEEP:-}" \
            chroot "$host" bash "$PWD/$1"' theme "$1"
}

# The copy boots, runs the theme as a unit, and powers off.
booted() {
    # shellcheck disable=SC2016
    unshare --mount --pid --ipc --uts --fork --kill-child --mount-proc bash -c "$throwaway"'
        rm -f "$host/etc/machine-id" && touch "$host/etc/machine-id"
        cat >"$host/etc/systemd/system/acceptance.target" <<UNIT
[Unit]
Requires=basic.target
Wants=dbus.service cron.service acceptance.service
After=basic.target
AllowIsolate=yes
UNIT
        cat >"$host/etc/systemd/system/acceptance.service" <<UNIT
[Unit]
After=dbus.service cron.service
[Service]
Type=oneshot
Environment=WORK=$WORK REPO=$PWD HOME=/root
ExecStart=/bin/bash $PWD/$1
ExecStopPost=/bin/systemctl --no-block poweroff
StandardOutput=file:$WORK/booted.out
StandardError=file:$WORK/booted.out
UNIT
        ln -sf acceptance.target "$host/etc/systemd/system/default.target"
        timeout --kill-after=5 480 systemd-nspawn --quiet --register=no --keep-unit --private-network \
            --bind-ro="$PWD" --bind="$WORK" --directory="$host" --boot </dev/null >"$WORK/boot.log" 2>&1 || true' theme "$1"
    cat "$WORK/booted.out" || cat "$WORK/boot.log"
    [ -e "$WORK/ended" ]
}

install_tools
make_packages
[[ " ${themes[*]} " != *" siem "* ]] || make_readers
[[ " ${themes[*]} " != *" relay "* ]] || make_archive
export WORK=$work RECORD=${RECORD:-}
failed=()
: >"$work/results"
for theme in "${themes[@]}"; do
    [ -f "$here/$theme.sh" ] || die "there is no theme $theme"
    echo "=== $theme: $(sed -n '1s/^# //p' "$here/$theme.sh")"
    begun=$SECONDS
    inside=in_chroot
    rm -f "$work/ended" "$work/booted.out"
    case $theme in documents | cron | relay) inside=booted ;; esac
    "$inside" "$here/$theme.sh" || failed+=("$theme")
    # The theme itself only reads what is here.
    [ ! -e "$work/$theme.recorded" ] || cp "$work/$theme.recorded" "$here/"
    echo "--- $theme: $((SECONDS - begun)) s"
done
echo "$(grep -c '^ok' "$work/results" || true) passed, $(grep -vc '^ok' "$work/results" || true) failed"
[ ${#failed[@]} -eq 0 ] || die "failed: ${failed[*]}"
