# one binary in any folder: any user, any directory, a poor environment, an empty root
source "$REPO/tests/acceptance/lib.sh"
start_pce
start_sink

useradd --create-home alice
useradd --system --no-create-home --shell /usr/sbin/nologin service
tar -xzf "$WORK"/this/*.tar.gz -C /run
unpacked=$(echo /run/illumio-monitor-*)

# folder FOLDER USER: the binary and a config, as that user's.
folder() {
    rm -rf "$1"
    mkdir -p "$1"
    cp "$unpacked/illumio-monitor" "$1/"
    OWNER=$2:$2 config "$1/illumio_api_config.json" "$SINK_SMTP"
    chown -R "$2:$2" "$1"
    rm -f "$MAILS"/*
}
as() { local user=$1; shift; setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; }
mailed() { [ "$(find "$MAILS" -size +1k | wc -l)" = "$1" ] || { echo "$(find "$MAILS" -size +1k | wc -l) mails"; return 1; }; }
alike() { same "$2:$2 600 $1/illumio_api_config.json" owners "$1/illumio_api_config.json"; }

for user in root alice service; do
    folder "/opt/monitor of $user" "$user"
    cd /
    holds "$user, from /, without any environment" as "$user" env -i "/opt/monitor of $user/illumio-monitor" run
    holds "$user: one mail came" mailed 1
    holds "$user: the file is still its own" alike "/opt/monitor of $user" "$user"
    holds "$user: again, and no second mail" as "$user" env -i PATH= LC_ALL=C "/opt/monitor of $user/illumio-monitor" run
    holds "$user: still one" mailed 1
done

folder /opt/monitor alice
cd /opt
holds "called by a relative path" as alice env -i monitor/illumio-monitor run
folder /opt/monitor alice
holds "called by its name in PATH" as alice env -i PATH=/opt/monitor /usr/bin/env illumio-monitor run
ln -sf /opt/monitor/illumio-monitor /usr/local/bin/illumio-monitor
folder /opt/monitor alice
holds "called through a link in a system folder it takes the config beside itself" \
    as alice env -i /usr/local/bin/illumio-monitor run
holds "a locale that isn't installed is no problem" as alice env -i LC_ALL=xx_YY.nonsense LANG=zh_TW.Big5 /opt/monitor/illumio-monitor run
folder /opt/monitor alice
holds "root runs it in alice's folder" env -i /opt/monitor/illumio-monitor run
holds "and leaves nothing there that is root's" same "" find /opt/monitor -user root
holds "a closed standard input and output" as alice bash -c 'env -i /opt/monitor/illumio-monitor run <&- >&- 2>&-'

# A root with the program, its config, a hosts file and a CA; PCE and mail by name.
start_tls() {
    "$WORK/simulated-pce" --tls --seconds 900 >/run/pce-tls 2>&1 &
    soon grep -q 'END CERT' /run/pce-tls
    read -r PCE_URL PCE_KEY PCE_SECRET </run/pce-tls
}
start_tls
ROOT=/run/empty
mkdir -p "$ROOT"/{etc,monitor}
cp "$unpacked/illumio-monitor" "$ROOT/monitor/"
sed 1d /run/pce-tls >"$ROOT/monitor/ca.pem"
printf '127.0.0.1 localhost mail.example.net\n' >"$ROOT/etc/hosts"
OWNER=root:root config "$ROOT/monitor/illumio_api_config.json" \
    '.api.ca_file = "ca.pem" | .smtp = {host: "mail.example.net", port: 2525, tls: "none"}'
rm -f "$MAILS"/*
holds "in an empty root a whole cycle: names from hosts, TLS by the CA" env -i /usr/sbin/chroot "$ROOT" /monitor/illumio-monitor run
holds "its mail came" mailed 1
holds "only its own files are there" same "$(printf '%s\n' etc etc/hosts monitor monitor/ca.pem monitor/illumio-monitor \
    monitor/illumio_api_config.json monitor/illumio_api_config.json.{last,lock,run.lock})" \
    bash -c "cd $ROOT && find * | LC_ALL=C sort"
ends
