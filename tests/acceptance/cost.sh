# the instructions of one poll of 20,000 rows, against the recorded figure
source "$REPO/tests/acceptance/lib.sh"

# Instructions, by valgrind's callgrind, are the same on a busy machine and on an idle
# one: what `make bench` measures in seconds is watched here in every acceptance run.
# They do depend on the processor, since the inflater picks its code by what there is and
# valgrind shows it the host's, and on the compiler. So a figure is recorded with both, and
# on another kind nothing is judged. To record: RECORD=1 tests/acceptance/run.sh BINARY cost
RECORDED=$REPO/tests/acceptance/cost.recorded
ROOM=15 # percent
ROWS=20000

# What of processor and compiler makes a difference: `x86_64 avx2 pclmulqdq rustc 1.96.0`.
kind() {
    {
        uname -m
        grep -owE 'avx2|pclmulqdq|pmull|crc32' /proc/cpuinfo | sort -u
        readelf -p .comment /run/cost/usr/bin/illumio-monitor | grep -oE 'rustc version [0-9.]+' | sed 's/version //'
    } | xargs
}

# Rules of each kind that no row and no event matches.
RULES='[{"port": "64000-64063"}, {"src_label": "app=Absent"}, {"dst_ip_in": ["192.0.2.0/24"]}]
    | to_entries | map(.value + {id: (.key + 1), type: "traffic", name: "rule \(.key)", pd: -1,
        threshold_type: "count", threshold_count: 10, threshold_window: 1440})
    | . + [{id: 9, type: "event", name: "rule 9", filter_value: "agent.clone_detected"}]'

# Its clock stands at noon, since rows of a young day are more alike and inflate faster.
start_pce --rows $ROWS --ahead $(((129600 - $(date +%s) % 86400) % 86400))
OWNER=root:root config /run/cost.json ".rules = ($RULES)"
dpkg-deb --extract "$DEB" /run/cost

poll() {
    timeout 300 valgrind --tool=callgrind --callgrind-out-file=/run/callgrind.out \
        /run/cost/usr/bin/illumio-monitor run --config /run/cost.json >/run/said 2>/run/counted
}
needs poll
holds "all rows are read, and nothing is told" grep -E "flows=$ROWS alerts=0 " /run/said

counted=$(sed -n 's/.*Collected : //p' /run/counted)
kind=$(kind)
if [ -n "${RECORD:-}" ]; then
    { grep -v " $kind\$" "$RECORDED"; echo "$counted $kind"; } >"$WORK/cost.recorded"
    echo "recorded: $counted instructions on $kind, in $WORK/cost.recorded: copy it to tests/acceptance/"
    ends
fi

recorded=$(sed -n "s/ $kind\$//p" "$RECORDED")
within() {
    local percent=$((counted * 100 / recorded))
    echo "$counted instructions, $percent % of the recorded $recorded ($kind)."
    if [ $percent -ge $((100 + ROOM)) ]; then
        echo "A poll costs more than it did. Find out why (make bench), or record the new figure if it is worth it:"
    elif [ $percent -lt $((100 - ROOM)) ]; then
        echo "A poll costs less than it did. Record the new figure, so that this stays so:"
    else
        return 0
    fi
    echo "RECORD=1 tests/acceptance/run.sh BINARY cost"
    [ $percent -lt $((100 + ROOM)) ]
}
if [ -n "$recorded" ]; then
    holds "$counted instructions are within $ROOM % of the recorded $recorded" within
else
    echo "nothing is recorded for $kind, so these $counted instructions are not judged"
fi
ends
