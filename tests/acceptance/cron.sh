# a booted copy: real cron, real systemd, the hardened service; never a cron mail or a failed unit
source "$REPO/tests/acceptance/lib.sh"

# Whatever cron would mail ends here.
rm -f /usr/sbin/sendmail
printf '#!/bin/sh\n{ echo "$@"; cat; } >>/run/cron-mail\n' >/usr/sbin/sendmail
chmod 755 /usr/sbin/sendmail

ENTRY=/etc/cron.d/illumio-monitor
# The entry's own command, with cron's environment, as cron's user.
command_of() { sed -n 's#^\S\+ \S\+ \S\+ \S\+ \S\+ illumio-monitor ##p' "$ENTRY"; }
as_cron() {
    runuser -u illumio-monitor -- env -i $(sed -n '/^\(SHELL\|PATH\)=/p' "$ENTRY") HOME=$STATE \
        LOGNAME=illumio-monitor USER=illumio-monitor MAILTO= /bin/sh -c "$(command_of)"
}
silent() { local out code=0; out=$(as_cron 2>&1) || code=$?; [ "$code:$out" = 0: ] || { echo "exit code $code: $out"; return 1; }; }
lines() { journalctl --quiet --output=cat "$@" | grep -cE '^20[0-9-]+T[0-9:]+Z (ok|retry|config) '; }
by_cron() { lines -t illumio-monitor _COMM=illumio-monitor --grep 'Z (ok|retry|config)' ; }
no_cron_mail() { absent /run/cron-mail; }
unit_is() { systemctl show -p ActiveState -p Result illumio-monitor.service; }
not_failed() { ! systemctl is-failed --quiet illumio-monitor.service illumio-monitor.timer; }
start() { systemctl start illumio-monitor.service; }
mails() { find "$MAILS" -size +1k | wc -l; }
drop_in() { mkdir -p "/etc/systemd/system/illumio-monitor.$1.d" && cat >"/etc/systemd/system/illumio-monitor.$1.d/$2" && systemctl daemon-reload; }

start_pce
start_sink
needs systemctl is-active cron
holds "dpkg -i on a running system" dpkg -i "$DEB"

# No config yet.
holds "cron without a config: silent, 0" silent
holds "the service without a config: not started, not failed" start
holds "nothing ran" same 0 lines -t illumio-monitor
holds "nothing failed" not_failed

# cron itself.
config "$CONFIG" "$SINK_SMTP"
sed -i 's#^\*/10#*#' "$ENTRY"
minutes() { for _ in {1..75}; do [ "$(lines -t illumio-monitor)" -lt 1 ] || return 0; sleep 1; done; journalctl -n 40; return 1; }
holds "cron runs it at the next minute, and it says so in syslog" minutes
sed -i 's#^\*#*/10#' "$ENTRY"
holds "its mail came" soon same 1 mails
holds "cron mailed nothing" no_cron_mail
before=$(lines -t illumio-monitor)
holds "the exact command again: silent, 0" silent
holds "it ran" same $((before + 1)) lines -t illumio-monitor

# The service, as hardened as it ships.
install -m 640 -g illumio-monitor <(printf %s "$PCE_SECRET") /etc/illumio-monitor/api_secret
jq 'del(.api.secret) | .api.secret_file = "/etc/illumio-monitor/api_secret"' "$CONFIG" >/run/filed && cat /run/filed >"$CONFIG"
holds "the service runs, with the secret in a file of root's" start
holds "its line is in the journal under the unit" same 1 lines -u illumio-monitor.service
holds "the journal has its priority" bash -c "journalctl -u illumio-monitor.service -p info -o verbose | grep -q '    PRIORITY=6'"
holds "still one mail: nothing is told twice" same 1 mails
holds "the state is still the service's own" same "illumio-monitor:illumio-monitor 600 $CONFIG" owners "$CONFIG"

# What goes wrong by itself is no failed unit; what needs a person is one.
cp -p "$CONFIG" /run/good
jq '.api.url = "http://127.0.0.1:9"' /run/good >"$CONFIG"
holds "the PCE is down: the service ends well" start
holds "and is not failed" not_failed
echo '{' >"$CONFIG"
holds "a broken config: the service fails" bash -c '! systemctl start illumio-monitor.service && systemctl is-failed illumio-monitor.service'
holds "the reason is an error in the journal" bash -c 'journalctl -u illumio-monitor.service -p err -o cat | grep -q illumio_api_config.json'
cp -p /run/good "$CONFIG"
systemctl reset-failed illumio-monitor.service

# Both.
runuser -u illumio-monitor -- flock "$CONFIG.run.lock" sleep 3 &
soon bash -c "! flock --nonblock '$CONFIG.run.lock' true"
holds "a run meets another: the service is not failed" start
holds "not failed" not_failed
wait $!
drop_in timer often.conf <<'UNIT'
[Timer]
OnCalendar=
OnCalendar=*:*:0/3
AccuracySec=1s
UNIT
holds "the timer can be enabled" systemctl enable --quiet --now illumio-monitor.timer
before=$(lines -u illumio-monitor.service)
holds "the timer starts the service" soon bash -c "[ \$(journalctl -q -o cat -u illumio-monitor.service | grep -c 'Z ok ') -gt $before ]"
systemctl stop illumio-monitor.timer
soon bash -c '! systemctl is-active --quiet illumio-monitor.service'
before=$(lines -t illumio-monitor)
holds "cron while the timer is enabled: silent, 0" silent
holds "it ran nothing" same "$before" lines -t illumio-monitor
holds "nothing failed with both" not_failed

# The examples.
drop_in service hardening.conf <"$REPO/dist/systemd/hardening.conf"
holds "with hardening.conf it runs" start
holds "systemd takes every directive of it" bash -c '! journalctl -o cat | grep -iE "illumio.*(unknown|failed to parse)"'
drop_in service credentials.conf <"$REPO/dist/systemd/credentials.conf"
install -m 600 <(printf %s "$PCE_SECRET") /etc/illumio-monitor/api_secret
jq 'del(.api.secret, .api.secret_file)' "$CONFIG" >/run/without && cat /run/without >"$CONFIG"
holds "with the secret as a credential it runs" start
holds "nothing failed" not_failed

# Gone.
systemctl enable --quiet --now illumio-monitor.timer
holds "dpkg -r stops and disables the timer" bash -c 'dpkg -r illumio-monitor && ! systemctl is-active illumio-monitor.timer && ! systemctl is-enabled illumio-monitor.timer'
holds "the cron entry stays, as Debian keeps config" present "$ENTRY"
holds "cron after the removal: silent, 0" silent
holds "no cron mail at any time" no_cron_mail
holds "dpkg -P purges it" dpkg -P illumio-monitor
holds "nothing is left of it, the timer's stamp included" same "" find /etc/cron.d /etc/illumio-monitor /var/lib/illumio-monitor \
    /etc/systemd/system /var/lib/systemd/timers -name '*illumio-monitor*' -not -name 'illumio-monitor.*.d'
holds "no failed unit" bash -c '! systemctl --failed --no-legend | grep illumio'
ends
