# root's menu makes the config on a terminal; the service's user goes on with it
source "$REPO/tests/acceptance/lib.sh"

start_pce
start_sink
dpkg -i "$DEB" >/dev/null

as_service() { runuser -u illumio-monitor -- env -i /usr/bin/illumio-monitor "$@"; }
roots() { find "$STATE" -user root; }
mails() { find "$MAILS" -size +1k | wc -l; }

holds "root answers the guide, and leaves with 0" answer_the_guide
holds "the config is the service's own, 0600" same "illumio-monitor:illumio-monitor 600 $CONFIG" owners "$CONFIG"
holds "nothing in the folder is root's" same "" roots
holds "the secret was not shown" bash -c "! grep -qF '$PCE_SECRET' /run/guide.log"
holds "it has the best practices" bash -c "[ \$(jq '.rules | length' '$CONFIG') -ge 12 ]"
rm -f "$MAILS"/*
holds "the service's user runs it" as_service run
holds "one mail came" same 1 mails
holds "root's menu runs it from a pipe, as cron lines of the Python tool did" bash -c 'echo 7 | illumio-monitor --lang en'
holds "still one mail" same 1 mails
holds "root changes a rule" bash -c 'illumio-monitor rules disable "$(jq ".rules[0].id" '"$CONFIG"')"'
holds "nothing in the folder is root's, still" same "" roots
holds "the service's user goes on" as_service run
ends
