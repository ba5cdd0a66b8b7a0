# rpm -i, -U, --oldpackage, -e in a root and database of their own
source "$REPO/tests/acceptance/lib.sh"

# A root with this host's programs and nothing of its packages: rpm's scriptlets run in
# it by chroot, as on a RHEL host.
ROOT=/run/root
mkdir -p "$ROOT"/{usr,etc,var/lib,dev,run,tmp}
mount --rbind /usr "$ROOT/usr"
mount --make-rprivate "$ROOT/usr"
# What is installed goes to memory here, too.
mkdir /run/layer{,/upper,/work}
umount -l "$ROOT/usr"
mount -t tmpfs tmpfs /run/layer && mkdir /run/layer/{upper,work}
mount -t overlay overlay -o lowerdir=/usr,upperdir=/run/layer/upper,workdir=/run/layer/work "$ROOT/usr"
for folder in bin sbin lib lib64; do ln -s "usr/$folder" "$ROOT/$folder"; done
cp -a /etc/{login.defs,nsswitch.conf,passwd,group,shadow,gshadow,pam.d} "$ROOT/etc/"
sed -i '/^illumio-monitor:/d' "$ROOT"/etc/{passwd,group,shadow,gshadow}
mknod -m 666 "$ROOT/dev/null" c 1 3
mkdir "$ROOT/proc" && mount --bind /proc "$ROOT/proc"

rpm_() { rpm --root "$ROOT" --dbpath /var/lib/rpm "$@"; }
in_root() { chroot "$ROOT" "$@"; }

# What every RHEL has, as a package of that name, so that rpm checks the dependencies.
base_system() {
    cat >/run/base.spec <<'SPEC'
Name: base-system
Version: 1
Release: 1
Summary: Stands for what RHEL has installed
License: none
BuildArch: noarch
Provides: /bin/sh shadow-utils cronie
%description
Stands for what RHEL has installed.
%files
SPEC
    rpmbuild -bb --quiet --define "_topdir /run/rpmbuild" --define "_rpmdir /run" \
        --define "_rpmfilename base.rpm" --dbpath /run/rpmdb /run/base.spec
}

as_installed() {
    cat <<EOF
root:root 644 /etc/cron.d/illumio-monitor
root:illumio-monitor 750 /etc/illumio-monitor
root:root 755 /usr/bin/illumio-monitor
root:root 644 /usr/lib/systemd/system/illumio-monitor.service
root:root 644 /usr/lib/systemd/system/illumio-monitor.timer
root:root 644 /usr/share/bash-completion/completions/illumio-monitor
root:root 755 /usr/share/doc/illumio-monitor
root:root 644 /usr/share/doc/illumio-monitor/examples/illumio_api_config.json
root:root 644 /usr/share/fish/vendor_completions.d/illumio-monitor.fish
root:root 644 /usr/share/licenses/illumio-monitor/THIRD-PARTY-LICENSES
root:root 644 /usr/share/man/man1/illumio-monitor.1.gz
root:root 644 /usr/share/man/man5/illumio-monitor.json.5.gz
root:root 644 /usr/share/zsh/site-functions/_illumio-monitor
illumio-monitor:illumio-monitor 750 /var/lib/illumio-monitor
EOF
}
installed_paths() { in_root find $(as_installed | awk '{print $3}') -maxdepth 0 -printf '%u:%g %m %p\n' | LC_ALL=C sort -k3; }
version_is() { rpm_ -q illumio-monitor | grep -qx "illumio-monitor-$1-1.$(uname -m)"; }
run_once() { in_root /usr/bin/illumio-monitor run; }
kept() { in_root sh -c "sha256sum $STATE/* /etc/illumio-monitor/*"; }

needs base_system
needs rpm_ -i /run/base.rpm
start_pce

holds "an old rpm can read it: gzip payload" same gzip rpm -qp --qf '%{PAYLOADCOMPRESSOR}' "$RPM"
holds "it asks for no library" bash -c "! rpm -qpR '$RPM' | grep -E '\.so|GLIBC|rtld'"
holds "rpm -i installs it, dependencies checked" rpm_ -i "$RPM"
holds "every path has its owner and mode" same "$(as_installed)" installed_paths
holds "rpm -V finds everything as packed" rpm_ -V illumio-monitor
holds "the user has no shell" in_root sh -c 'getent passwd illumio-monitor | grep -q ":/var/lib/illumio-monitor:/sbin/nologin$"'
holds "the timer is not enabled" absent "$ROOT/etc/systemd/system/timers.target.wants/illumio-monitor.timer"

ids=$(in_root sh -c 'echo "$(id -u illumio-monitor):$(id -g illumio-monitor)"')
OWNER=$ids config "$ROOT$CONFIG" '.smtp = {host: "127.0.0.1", port: 9}'
printf 'secret' >"$ROOT/etc/illumio-monitor/api_secret"
holds "a run as root becomes one of the service's user; its mail waits" ends_with 75 run_once
before=$(kept)

holds "rpm -U upgrades it" rpm_ -U "$NEWER_RPM"
holds "the newer version is there" version_is 99.0.0
holds "config, state, waiting mail and secrets are kept" same "$before" kept
holds "owners and modes are as before" same "$(as_installed)" installed_paths
sed -i 's#^\*/10#*/5#' "$ROOT/etc/cron.d/illumio-monitor"
mkdir -p "$ROOT/etc/systemd/system/timers.target.wants"
in_root systemctl enable --quiet illumio-monitor.timer
holds "rpm -U --oldpackage goes back" rpm_ -U --oldpackage "$RPM"
holds "config, state, waiting mail and secrets are kept again" same "$before" kept
holds "an edited cron entry is kept" grep -q '^\*/5' "$ROOT/etc/cron.d/illumio-monitor"
rm "$ROOT/etc/cron.d/illumio-monitor"
rpm_ -U --replacepkgs "$RPM"
holds "a deleted one comes back, as the manual says" present "$ROOT/etc/cron.d/illumio-monitor"
holds "an enabled timer stays enabled" in_root systemctl is-enabled illumio-monitor.timer
holds "the program goes on with the old state" ends_with 75 run_once
before=$(kept)

holds "rpm -e removes it" rpm_ -e illumio-monitor
holds "config, state and secrets are kept" same "$before" kept
holds "program, units and the timer's link are gone" absent "$ROOT"/usr/bin/illumio-monitor \
    "$ROOT"/usr/lib/systemd/system/illumio-monitor.{service,timer} \
    "$ROOT/etc/systemd/system/timers.target.wants/illumio-monitor.timer"
holds "installed again, it goes on" rpm_ -i "$RPM"
holds "and runs" ends_with 75 run_once
rpm_ -e illumio-monitor
indented "Uninstall" "$REPO/dist/manual/install.md" | sed '1,/^dpkg -P/d' >/run/step
holds "the manual says how to wipe the rest" grep -q userdel /run/step
holds "what it says does" in_root sh -ec "$(cat /run/step)"
holds "nothing is left, user and group included" in_root sh -c '! getent passwd illumio-monitor && ! getent group illumio-monitor'
holds "no file either" same "" find "$ROOT"/{etc,var/lib,run} /run/layer/upper -name '*illumio-monitor*' -not -type c

# A host that is not fresh: root's folder with a config, and a user without the group.
in_root useradd -r -M -g nogroup illumio-monitor
mkdir -m 700 "$ROOT$STATE"
OWNER=root:root config "$ROOT$CONFIG" '.smtp = {host: "127.0.0.1", port: 9}'
holds "rpm -i where user and folder are there" rpm_ -i "$RPM"
holds "folder and config are the service's" same "illumio-monitor:illumio-monitor" \
    in_root sh -c "find $STATE -printf '%u:%g\n' | sort -u"
holds "the user may read what is its group's" in_root sh -c 'id -nG illumio-monitor | grep -qw illumio-monitor'
holds "its run works" ends_with 75 run_once
rpm_ -e illumio-monitor

# No user, no installation: never files that fall to root.
in_root userdel illumio-monitor
in_root groupdel illumio-monitor 2>/dev/null
rm "$ROOT/etc/passwd.lock" 2>/dev/null
mount --bind -o ro "$ROOT/etc/passwd" "$ROOT/etc/passwd" && mount -o remount,bind,ro "$ROOT/etc/passwd"
holds "where the user cannot be made, rpm says so and installs nothing" \
    bash -c "! rpm --root '$ROOT' --dbpath /var/lib/rpm -i '$RPM' && [ ! -e '$ROOT/usr/bin/illumio-monitor' ]"
ends
