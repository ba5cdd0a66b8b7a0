# README, manual and security.md word for word, booted: packages, guide, cron, timer, import, one binary
source "$REPO/tests/acceptance/lib.sh"

MANUAL=$REPO/dist/manual
DOWNLOADS=/run/downloads

# What the rig needs, and no user: the packages under the names that the documents have,
# someone who types into an editor, and in the end cron that does not wait for ten minutes.
mkdir $DOWNLOADS && cp "$DEB" "$RPM" $DOWNLOADS/ && cp "$NEWER_DEB" $DOWNLOADS/illumio-monitor_NEW.deb
printf '#!/bin/sh\ncat /run/typed >>"$1"\n' >/run/editor && chmod 755 /run/editor
start_pce
start_sink

# follow FILE HEADING [PATTERN]: carries out what stands below that heading, of its lines
# those that match. From a file, in the folder of the day.
follow() {
    indented "$2" "$1" | grep -E "${3:-.}" >/run/step
    [ -s /run/step ] || { echo "$1: nothing to do below $2"; return 1; }
    cat /run/step
    EDITOR=/run/editor bash -e /run/step </dev/null
}
# The lines of a heading, for what the theme itself compares.
says() { indented "$2" "$1" | grep -E "$3"; }
mails() { find "$MAILS" -size +1k | wc -l; }
lines() { journalctl --quiet --output=cat "$@" | grep -cE '^20[0-9-]+T[0-9:]+Z (ok|retry|config) '; }
minutes() { for _ in {1..75}; do "$@" && return; sleep 1; done; "$@"; }

# First steps.
cd $DOWNLOADS || exit
holds "README: Install" follow "$REPO/README.md" "Install" '^dpkg'
holds "README: First steps begin with the program by itself" same "illumio-monitor" \
    bash -c "$(declare -f below indented); indented 'First steps' '$REPO/README.md' | head -n 1"
holds "the guide makes the config" answer_the_guide
rm -f "$MAILS"/*
holds "README: check and run" follow "$REPO/README.md" "First steps" '^illumio-monitor (check|run)'
holds "one mail came" soon same 1 mails
sed -i 's#^\*/10#*#' /etc/cron.d/illumio-monitor
ran_by_cron() { [ "$(lines -t illumio-monitor)" -ge 1 ]; }
holds "from then on cron does it, and says so in syslog" minutes ran_by_cron

# Harden, and the timer.
printf '%s\n' "$PCE_SECRET" >/run/typed
holds "security.md: the secret in a file of root's" follow "$REPO/dist/security.md" "Secrets"
holds "that has the mode of the table" same "root:illumio-monitor 640 /etc/illumio-monitor/api_secret" owners /etc/illumio-monitor/api_secret
without_secret() { jq 'del(.api.secret) | .api.secret_file = "/etc/illumio-monitor/api_secret"' "$CONFIG" >/run/filed && cat /run/filed >"$CONFIG"; }
holds "the config names it" without_secret
holds "Install: the timer" follow "$MANUAL/install.md" "RPM and DEB" '^systemctl'
holds "its service runs" systemctl start illumio-monitor.service
holds "and says so in the journal" minutes bash -c "journalctl -q -o cat -u illumio-monitor.service | grep -q 'Z ok '"

# Upgrade, back, uninstall.
holds "Upgrade" follow "$MANUAL/install.md" "Upgrade, and back" '^dpkg'
holds "the newer version is there" bash -c "illumio-monitor --version | grep -q 0.1.0 && dpkg-query -W illumio-monitor | grep -q 99.0.0"
holds "and back" follow "$REPO/README.md" "Install" '^dpkg'
holds "the timer is still enabled" systemctl is-enabled illumio-monitor.timer
holds "Uninstall, with what is kept" follow "$MANUAL/install.md" "Uninstall" '^dpkg -r'
holds "config and secret are kept" present "$CONFIG" /etc/illumio-monitor/api_secret

# From the Python tool, by a package.
follow "$REPO/README.md" "Install" '^dpkg' >/dev/null 2>&1
rm -rf "${STATE:?}"/* /etc/illumio-monitor/*
mkdir /opt/python-tool && cd /opt/python-tool || exit
jq -n --arg url "$PCE_URL" --arg key "$PCE_KEY" --arg secret "$PCE_SECRET" '
    {api: {url: $url, org_id: "1", key: $key, secret: $secret},
     email: {sender: "monitor@example.com", recipients: ["soc@example.com"]},
     rules: [{id: 1, type: "event", name: "Log-ins", filter_key: "event_type", filter_value: "user.login",
              desc: "", rec: "", threshold_type: "count", threshold_count: 5, threshold_window: 10, cooldown_minutes: 10}]}' \
    >illumio_api_config.json
echo '{"last_check": "'"$(date -u -d '-1 hour' +%FT%TZ)"'", "history": {}, "alert_history": {}}' >illumio_api_state.json
holds "Coming from the Python tool: with a package" follow "$MANUAL/python-tool.md" "Coming from the Python tool" '^ *(install|cd|illumio-monitor import)'
holds "the config is there, with position and rule" bash -c "jq -e '.state and .rules[0].name == \"Log-ins\"' $CONFIG"
cd /
holds "Uninstall, all of it" follow "$MANUAL/install.md" "Uninstall" '^dpkg -P'
holds "nothing is left" absent "$STATE" /etc/illumio-monitor /etc/cron.d/illumio-monitor /usr/bin/illumio-monitor

# One binary in a folder, as a user of no rank.
useradd --create-home alice
mkdir /opt/illumio-monitor
tar -xzf "$WORK"/this/*.tar.gz -C /run
cp /run/illumio-monitor-*/illumio-monitor /opt/illumio-monitor/
OWNER=alice:alice config /run/example "$SINK_SMTP"
install -m 600 /run/example /opt/illumio-monitor/illumio_api_config.json
chown -R alice:alice /opt/illumio-monitor
rm -f "$MAILS"/*
as_alice() {
    says "$MANUAL/install.md" "One binary in a folder" "$1" >/run/step
    [ -s /run/step ] || { echo "nothing to do"; return 1; }
    cat /run/step
    runuser -u alice -- bash -c "cd /opt/illumio-monitor && $2 /run/step"
}
holds "One binary in a folder: its line for the crontab" as_alice '^\*/10' crontab
holds "check and run" as_alice '^\./' 'bash -e'
holds "its mail came" soon same 1 mails
state() { stat -c %y /opt/illumio-monitor/illumio_api_config.json; }
before=$(state)
crontab -l -u alice | sed 's#^\*/10#*#' | crontab -u alice -
again() { [ "$(state)" != "$before" ]; }
holds "cron does it" minutes again
ends
