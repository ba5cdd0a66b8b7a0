# killed, a full disk, a broken disk at the Nth system call of a run and of an edit
source "$REPO/tests/acceptance/lib.sh"

# strace does what nobody can ask of a disk: the Nth write of this very process fails, or
# is where it dies. Then a healthy run follows, and the books must be right. One call in so
# many is struck; ILLUMIO_MONITOR_SWEEP=all makes it each of them, in a quarter of an hour.

DIR=/run/faults
FILE=$DIR/config.json
BEFORE=/run/before
LOG=/run/strace

# What matters to a file and to a conversation, by the names of every architecture.
FILES=?open,openat,read,readv,write,writev,pread64,pwrite64,lseek,fsync,fdatasync,ftruncate,flock,fcntl
FILES+=,?rename,?renameat,renameat2,?unlink,unlinkat,linkat,?chmod,fchmod,?chown,fchown,?stat,?lstat,?fstat,?newfstatat,statx
TALK=connect,sendto,recvfrom,shutdown
# What may need room.
ROOM='^(open|openat|write|writev|pwrite64|fsync|fdatasync|ftruncate|rename|renameat|renameat2|linkat) '

MONITOR=/run/faults.deb/usr/bin/illumio-monitor
monitor() { $MONITOR "$@" --config $FILE; }
TRACED=(timeout 60 strace -f -o $LOG -e "trace=$FILES,$TALK")

# What one healthy `command...` calls, in order, as `name number`: the first read, the
# second.
calls() {
    afresh
    "${TRACED[@]}" $MONITOR "$@" --config $FILE >/dev/null 2>&1
    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' $LOG | awk '{print $1, ++seen[$1]}'
}

# The installation of before, with nothing mailed.
afresh() {
    rm -rf $DIR "$MAILS"/*
    cp -a $BEFORE $DIR
}

alerts() { { grep -la 'every match alerts' "$MAILS"/mail.* || true; } 2>/dev/null | wc -l; }
ids() { sed -n 's/^Message-ID: //Ip' "$MAILS"/mail.* 2>/dev/null | sort -u | wc -l; }
# All but the state and what the edit changes, in the file's order.
rest() { jq -c 'del(.state, .rules[0].enabled)' "$1"; }
is_off() { jq -e '.rules[0].enabled == false' $FILE >/dev/null; }
# Whether the mail server had begun to listen to the mail when the fault struck.
came_late() { sed -E '/\(INJECTED\)|killed by SIGKILL/q' $LOG | grep '"354 go on' >/dev/null; }
struck() { grep -qE '\(INJECTED\)|killed by SIGKILL' $LOG; }

# What a killed run had sent may still be on its way.
sink_is_idle() { [ -z "$(cat /proc/$SINK/task/$SINK/children)" ]; }

# wrong WHAT...: the case that is being looked at is not as it should be.
wrong() { echo "$fault at $call: $*"; sed 's/^/    /' /run/said /run/failed; bad=$((bad + 1)); }

# What a healthy run may say: the other PCE's clock, that a run died, and that only
# `.last` has what the broken disk took last.
TRUE="^The PCE's clock was |did not come to its end|is older than the one last written .*, which is used"

# The healthy run that follows, and what then stands.
heals() {
    local after=0 more
    monitor run >/run/healed 2>/run/complained || after=$?
    [ $after = 0 ] && grep -q ' pending=0 ' /run/healed || wrong "then a healthy run ended with $after: $(cat /run/healed /run/complained)"
    more=$(grep -vE "$TRUE" /run/complained)
    [ -z "$more" ] || wrong "then a healthy run complained: $more"
    more=$(find $DIR -mindepth 1 ! -name config.json ! -name config.json.last ! -name config.json.lock ! -name config.json.run.lock)
    [ -z "$more" ] || wrong "left over: $more"
    jq -e . $FILE.last >/dev/null 2>&1 || wrong "$FILE.last does not parse"
}

# After a run: the alert is told, once unless nobody could know that it was.
judge_run() {
    local told all
    told=$(alerts)
    jq -e . $FILE >/dev/null 2>&1 || wrong "the file does not parse"
    case $code in
        0) [ "$told" = 1 ] || wrong "ended with 0, and $told mails came" ;;
        75 | 78) [ -s /run/failed ] || wrong "ended with $code and said nothing" ;;
        137) [ $fault = KILL ] || wrong "ended with $code" ;;
        *) wrong "ended with $code" ;;
    esac
    heals
    all=$(alerts)
    [ "$all" -ge 1 ] || { lost=$((lost + 1)); wrong "the alert is lost"; }
    [ "$(rest $FILE)" = "$(rest $BEFORE/config.json)" ] && ! is_off || wrong "what is no state has changed"
    [ "$all" -gt 1 ] || return 0
    twice=$((twice + 1))
    [ "$told" = 1 ] && [ "$all" = 2 ] && [ $code != 0 ] && came_late || wrong "mailed $told and $((all - told)) times"
    [ "$(ids)" = 1 ] || wrong "mailed twice with two Message-IDs"
}

# After an edit: it is in, whole, if it said so, and else it is not.
judge_edit() {
    local in=0
    jq -e . $FILE >/dev/null 2>&1 || wrong "the file does not parse"
    ! is_off || in=1
    [ "$(rest $FILE)" = "$(rest $BEFORE/config.json)" ] || wrong "something else has changed"
    case $code in
        0) [ $in = 1 ] || wrong "ended with 0, and is not in" ;;
        75 | 78) [ $in = 0 ] || wrong "ended with $code, and is in"
            [ -s /run/failed ] || wrong "ended with $code and said nothing" ;;
        137) [ $fault = KILL ] || wrong "ended with $code"
            ! grep -q 'is off' /run/said || [ $in = 1 ] || wrong "said that it is in, and it is not" ;;
        *) wrong "ended with $code" ;;
    esac
    heals
    [ $((in + $(alerts))) = 1 ] || { lost=$((lost + 1)); wrong "in=$in, and $(alerts) alerts"; }
}

# strike WHAT command...: one of its calls fails.
strike() {
    local what=$1 code=0 how
    shift
    [ $fault = KILL ] && how=signal=KILL || how=error=$fault
    afresh
    # The shell has a word for each that is killed.
    {
        "${TRACED[@]}" -e "inject=${call% *}:$how:when=${call#* }" \
            $MONITOR "$@" --config $FILE >/run/said 2>/run/failed || code=$?
    } 2>/dev/null
    struck || return 0
    soon sink_is_idle
    times=$((times + 1))
    "judge_$what"
}

# sweep WHAT FAULT STRIDE command...: at every so many of its calls.
sweep() {
    local what=$1 fault=$2 stride=$3 call times=0 lost=0 twice=0 bad=0 begun=$SECONDS
    shift 3
    [ "${SWEEP:-}" != all ] || stride=1
    calls "$@" | { [ $fault = ENOSPC ] && grep -E "$ROOM" || cat; } | awk "NR % $stride == 0" >/run/calls
    while read -r -u 4 call; do
        strike "$what" "$@"
    done 4</run/calls >/run/wrong
    head -n 60 /run/wrong
    echo "$fault: struck $times times, lost $lost, mailed twice $twice, wrong $bad ($((SECONDS - begun)) s)"
    [ $bad = 0 ] && [ $times -gt 0 ]
}
# swept "what should be" WHAT FAULT STRIDE command...
swept() {
    local name=$1
    shift
    holds "$name" sweep "$@"
    echo "         $(tail -n 1 "$OUT")"
}

# An installation with a past: an alert is told, and two hours later another one is due.
installation() {
    [ -z "${PCE:-}" ] || { kill $PCE; wait $PCE 2>/dev/null; }
    rm -rf $DIR $BEFORE
    mkdir $DIR
    start_pce --port 7443
    OWNER=root:root config $FILE "$SINK_SMTP | .rules = [$1]"
    monitor run >/run/first 2>&1 || { cat /run/first; return 1; }
    kill $PCE
    wait $PCE 2>/dev/null
    mv $DIR $BEFORE
    # Run after run, more than any site's.
    start_pce --seconds 3600 --port 7443 --ahead 7200 --requests 100000
}

dpkg-deb --extract "$DEB" /run/faults.deb
start_sink

needs installation '{id: 1, type: "event", name: "Tampered with", filter_value: "agent.tampering"}'
swept "an edit is killed: it is in or it is not" edit KILL 5 rules disable 1
swept "an edit on a full disk says whether it is in" edit ENOSPC 3 rules disable 1
swept "an edit on a broken disk says whether it is in" edit EIO 7 rules disable 1
swept "a run is killed: its alert is told" run KILL 5 run
swept "a run on a full disk: its alert is told" run ENOSPC 3 run
swept "a run on a broken disk: its alert is told" run EIO 7 run

# Half a second of each such run is waiting for the PCE.
needs installation '{id: 1, type: "traffic", name: "Blocked", pd: 2}'
swept "a traffic rule's run is killed" run KILL 41 run
swept "a traffic rule's run on a full disk" run ENOSPC 13 run
swept "a traffic rule's run on a broken disk" run EIO 61 run
kill $PCE $SINK
ends
