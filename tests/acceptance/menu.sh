# root's menu makes the config on a terminal; the service's user goes on with it
source "$REPO/tests/acceptance/lib.sh"

start_pce
start_sink
dpkg -i "$DEB" >/dev/null

# Answers each question of the first run's guide, and Enter where nothing is given here;
# leaves the menu with 0.
guide() {
    cat >/run/guide.exp <<EXPECT
set timeout 30
log_file -noappend /run/guide.log
spawn -noecho env -i TERM=dumb LANG=C.UTF-8 PATH=/usr/bin:/bin /usr/bin/illumio-monitor --lang en
set other 0
while 1 {
    expect {
        -re {PCE URL[^\n]*: $} { send "$PCE_URL\r" }
        -re {API key[^\n]*: $} { send "$PCE_KEY\r" }
        -re {API secret[^\n]*: $} { send "$PCE_SECRET\r" }
        -re {[Rr]ecipients[^\n]*: $} { send "soc@example.com\r" }
        -re {Another one.*: $} { send "y\r" }
        -re {Mail server \[[^\n]*: $} { send "127.0.0.1\r" }
        -re {Port \[[^\n]*: $} { send "2525\r" }
        -re {TLS.*none.*Choice \[1\]: $} { send "4\r" }
        -re {Choice: $} { send "0\r" }
        -re {[^\n]+(:|\?|\]) $} { send "\r" }
        eof { break }
        timeout { puts "the menu waits for something unknown"; exit 1 }
    }
}
lassign [wait] pid id os code
exit \$code
EXPECT
    expect /run/guide.exp
}
as_service() { runuser -u illumio-monitor -- env -i /usr/bin/illumio-monitor "$@"; }
roots() { find "$STATE" -user root; }
mails() { find "$MAILS" -size +1k | wc -l; }

holds "root answers the guide, and leaves with 0" guide
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
