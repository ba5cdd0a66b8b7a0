# dpkg -i, upgrade, downgrade, remove, purge: owners and modes, and what is kept
source "$REPO/tests/acceptance/lib.sh"

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
root:root 644 /usr/share/man/man1/illumio-monitor.1.gz
root:root 644 /usr/share/man/man5/illumio-monitor.json.5.gz
root:root 644 /usr/share/zsh/vendor-completions/_illumio-monitor
illumio-monitor:illumio-monitor 750 /var/lib/illumio-monitor
EOF
}
installed_paths() { owners $(as_installed | awk '{print $3}') -maxdepth 0; }

run_once() { /usr/bin/illumio-monitor run; }
version_is() { dpkg-query -W -f '${Version}' illumio-monitor | grep -qx "$1"; }
kept() { sha256sum "$STATE"/* /etc/illumio-monitor/*; }

start_pce

# Fresh.
holds "dpkg -i installs it" dpkg -i "$DEB"
holds "every path has its owner and mode" same "$(as_installed)" installed_paths
holds "nothing else was laid into /etc or /var" \
    same "$(printf '/etc/cron.d/illumio-monitor\n/etc/illumio-monitor\n/var/lib/illumio-monitor')" \
    bash -c 'dpkg -L illumio-monitor | grep -E "^/(etc|var)/.*illumio" | sort'
holds "the user has no shell and no password" \
    bash -c 'getent passwd illumio-monitor | grep -q ":/var/lib/illumio-monitor:/usr/sbin/nologin$" && passwd -S illumio-monitor | grep -qE "^illumio-monitor (L|LK) "'
holds "the timer is not enabled" same disabled systemctl is-enabled illumio-monitor.timer
holds "no other package is needed but those it names" \
    same "adduser / cron | cron-daemon | systemd" bash -c "dpkg-deb -f '$DEB' Pre-Depends Depends | sed 's/.*: //' | paste -sd/ | sed 's#/# / #'"

# It works, and leaves a mail that waits, since nobody listens on this port.
config "$CONFIG" '.smtp = {host: "127.0.0.1", port: 9}'
printf 'secret' >/etc/illumio-monitor/api_secret
chown root:illumio-monitor /etc/illumio-monitor/api_secret
chmod 640 /etc/illumio-monitor/api_secret
holds "a run as root becomes one of the service's user; its mail waits" ends_with 75 run_once
holds "what the run wrote belongs to the service, 0600" \
    same "$(for file in "" .last .lock .run.lock; do echo "illumio-monitor:illumio-monitor 600 $CONFIG$file"; done)" \
    owners "$STATE" -type f
waits() { [ "$(jq '[.state.outbox[]?] | length' "$CONFIG")" -ge 1 ]; }
holds "the mail waits in the file" waits
before=$(kept)

# Newer and older.
holds "dpkg -i upgrades it" dpkg -i "$NEWER_DEB"
holds "the newer version is there" version_is 99.0.0-1
holds "config, state, waiting mail and secrets are kept" same "$before" kept
holds "owners and modes are as before" same "$(as_installed)" installed_paths
sed -i 's#^\*/10#*/5#' /etc/cron.d/illumio-monitor
holds "dpkg -i goes back to the older one" dpkg -i --force-confold "$DEB"
holds "config, state, waiting mail and secrets are kept again" same "$before" kept
holds "an edited cron entry is kept" grep -q '^\*/5' /etc/cron.d/illumio-monitor
holds "the upgraded program goes on with the old state" ends_with 75 run_once
before=$(kept)

# Away.
systemctl enable --quiet illumio-monitor.timer
holds "dpkg -r removes it" dpkg -r illumio-monitor
holds "config, state and secrets are kept" same "$before" kept
holds "program and units are gone" absent /usr/bin/illumio-monitor /usr/lib/systemd/system/illumio-monitor.{service,timer} \
    /etc/systemd/system/timers.target.wants/illumio-monitor.timer
holds "installed again, it goes on" bash -c "dpkg -i '$DEB' && /usr/bin/illumio-monitor run; [ \$? = 75 ]"
holds "dpkg -P purges it" dpkg -P illumio-monitor
holds "nothing is left, locks and .last included" \
    same "" find /etc /var/lib /usr -name '*illumio-monitor*' -not -path "$WORK/*" -not -path "$REPO/*" -not -path '/var/lib/dpkg/*'
holds "the user stays: its number must not come to mean another" getent passwd illumio-monitor

# A host that is not fresh: a user without the group, folders of root's, a config in them.
userdel illumio-monitor
useradd --system --no-create-home --gid nogroup illumio-monitor
mkdir -m 700 "$STATE" /etc/illumio-monitor
OWNER=root:root config "$CONFIG" '.smtp = {host: "127.0.0.1", port: 9}'
holds "dpkg -i where user and folders are there" dpkg -i "$DEB"
holds "the folders are the service's" same "$(printf '%s\n' 'root:illumio-monitor 750 /etc/illumio-monitor' "illumio-monitor:illumio-monitor 750 $STATE")" \
    owners /etc/illumio-monitor "$STATE" -maxdepth 0
holds "so is the config" same "illumio-monitor:illumio-monitor 600 $CONFIG" owners "$CONFIG"
holds "the user may read what is its group's" bash -c 'id -nG illumio-monitor | grep -qw illumio-monitor'
holds "its run works" ends_with 75 runuser -u illumio-monitor -- env -i /usr/bin/illumio-monitor run
chown -R 4242:4242 "$STATE"
holds "dpkg -i again mends a number that nobody has" dpkg -i "$DEB"
holds "nothing has that number" same "" find "$STATE" -nouser
ends
