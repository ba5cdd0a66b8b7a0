# What every theme begins with: `source "$REPO/tests/acceptance/lib.sh"`. It runs on the
# throwaway copy of the host, as root; $WORK has the packages, $REPO the sources.
# shellcheck shell=bash
set -uo pipefail
umask 022

NAME=illumio-monitor
STATE=/var/lib/illumio-monitor
CONFIG=$STATE/illumio_api_config.json
DEB=$(echo "$WORK"/this/*.deb) NEWER_DEB=$(echo "$WORK"/newer/*.deb)
RPM=$(echo "$WORK"/this/*.rpm) NEWER_RPM=$(echo "$WORK"/newer/*.rpm)
OUT=$(mktemp)
any_failed=0

# holds "what should be" command...: the command succeeds, or its output is shown.
holds() {
    local what=$1
    shift
    if "$@" >"$OUT" 2>&1; then
        echo "ok       $what"
        echo "ok $what" >>"$WORK/results"
    else
        echo "FAILED   $what"
        sed 's/^/         | /' "$OUT"
        echo "failed $what" >>"$WORK/results"
        any_failed=1
    fi
}

# The last line of a theme.
ends() { [ "$any_failed" != 0 ] || touch "$WORK/ended"; exit "$any_failed"; }

# Without this the rest makes no sense.
needs() { "$@" >"$OUT" 2>&1 || { holds "$*" false; cat "$OUT"; ends; }; }

# ends_with CODE command...
ends_with() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" = "$wanted" ] || { echo "exit code $code, not $wanted"; return 1; }
}

# same "expected" command...: what the command prints.
same() {
    local wanted=$1 got
    shift
    got=$("$@")
    [ "$got" = "$wanted" ] || { diff <(echo "$wanted") <(echo "$got"); return 1; }
}

absent() { local path; for path; do [ ! -e "$path" ] && [ ! -L "$path" ] || { echo "$path is there"; return 1; }; done; }
present() { local path; for path; do [ -e "$path" ] || { echo "$path is missing"; return 1; }; done; }

# soon command...: tried again for up to twenty seconds.
soon() {
    local i
    for ((i = 0; i < 100; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.2
    done
    "$@"
}

# owner user, group and mode of every path, sorted.
owners() { find "$@" -printf '%u:%g %m %p\n' | LC_ALL=C sort -k3; }

# A PCE with a realistic hour behind it, the process $PCE; PCE_URL, PCE_KEY, PCE_SECRET.
start_pce() {
    rm -f /run/pce
    "$WORK/simulated-pce" "$@" --seconds 900 >/run/pce 2>/run/pce.err &
    PCE=$!
    soon test -s /run/pce
    read -r PCE_URL PCE_KEY PCE_SECRET </run/pce
}

# What a document says to do, below one of its headings: its fenced blocks of one kind, or
# its indented lines.
#   fenced KIND HEADING FILE
#   indented HEADING FILE
below() {
    awk -v heading="$1" '/^```/ {fence = !fence}
        !fence && /^#+ / {on = 0; line = $0; sub(/^#+ /, "", line); if (line == heading) on = found = 1; next}
        on
        END {if (!found) print "no heading " heading | "cat >&2"}' "$2"
}
fenced() { below "$2" "$3" | awk -v kind="\`\`\`$1" '$0 == kind {on = 1; next} /^```/ {on = 0} on'; }
indented() { below "$1" "$2" | sed -n 's/^ *[0-9.-]* \{4,7\}\([^ ].*\)/\1/p'; }

# Debian's packages PACKAGE… as if they had never been here; apt-get finds them, and no
# others, in $WORK/archive.
never_installed() {
    dpkg --purge --force-depends "$@" 2>&1
    local package
    for package; do echo PURGE | debconf-communicate "$package" >/dev/null 2>&1; done
    rm -rf /etc/apt/sources.list.d /etc/apt/preferences.d
    echo "deb [trusted=yes] file:$WORK/archive ./" >/etc/apt/sources.list
    apt-get -q update 2>&1
}

# config FILE [JQ-FILTER]: the example config with that PCE, as `user:group` $OWNER.
config() {
    jq --arg url "$PCE_URL" --arg key "$PCE_KEY" --arg secret "$PCE_SECRET" \
        ".api.url = \$url | .api.key = \$key | .api.secret = \$secret | .api.proxy = \"none\"
         | ${2:-.}" "$REPO/dist/illumio_api_config.example.json" >"$1"
    chown "${OWNER:-illumio-monitor:illumio-monitor}" "$1"
    chmod 600 "$1"
}

# A mail server that takes everything: port 2525, one file in $MAILS for each mail that
# came to its end. The process $SINK.
MAILS=/run/mails
start_sink() {
    mkdir -p "$MAILS"
    cat >/run/sink.sh <<'SINK'
say() { printf '%s\r\n' "$1"; }
say "220 sink"
while read -r line; do
    line=${line%$'\r'}
    case $line in
        [Qq][Uu][Ii][Tt]*) say "221 bye"; break ;;
        [Dd][Aa][Tt][Aa]*)
            say "354 go on"
            coming=$(mktemp /run/mail.XXXXXX)
            while read -r line || exit && [ "${line%$'\r'}" != . ]; do printf '%s\n' "${line%$'\r'}"; done >"$coming"
            mv "$coming" /run/mails/
            say "250 taken" ;;
        *) say "250 ok" ;;
    esac
done
SINK
    socat TCP-LISTEN:2525,bind=127.0.0.1,reuseaddr,fork EXEC:"bash /run/sink.sh" 2>/run/sink.err &
    SINK=$!
    soon bash -c 'exec 3<>/dev/tcp/127.0.0.1/2525'
    sleep 0.3
    rm -f "$MAILS"/*
}
SINK_SMTP='.smtp = {host: "127.0.0.1", port: 2525, tls: "none"}'

# On a terminal, with that PCE and mail server: answers each question of the guide, Enter
# where nothing is given here, and leaves the menu with 0. The screen is /run/guide.log.
answer_the_guide() {
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
