# what is handed on, to a real rsyslog by socket, UDP, TCP and TLS; its CEF read by others
source "$REPO/tests/acceptance/lib.sh"
source "$REPO/tests/acceptance/mailserver.sh"

export PYTHONPATH=$WORK/python
LOGS=/run/siem
OUT_DIR=$STATE/out
mkdir -p "$LOGS"
make_ca
certificate localhost

# What rsyslog made of the header, then the message as it came.
cat >/run/siem.conf <<CONF
global(workDirectory="$LOGS" DefaultNetstreamDriverCAFile="$CA/ca.crt"
       DefaultNetstreamDriverCertFile="$CA/localhost.crt" DefaultNetstreamDriverKeyFile="$CA/localhost.key"
       parser.escapeControlCharactersOnReceive="off")
module(load="imuxsock" SysSock.Use="off")
module(load="imudp")
module(load="imtcp")
template(name="told" type="string"
         string="%timereported:::date-rfc3339% %hostname% %app-name% %msgid% %syslogfacility-text% %syslogseverity-text% %msg%\n")
$(for way in unix udp tcp newline tls; do
    echo "ruleset(name=\"$way\") { action(type=\"omfile\" file=\"$LOGS/$way\" template=\"told\") }"
done)
input(type="imuxsock" Socket="/run/siem.sock" UseSpecialParser="off" ruleset="unix")
input(type="imudp" address="127.0.0.1" port="5514" ruleset="udp")
input(type="imtcp" address="127.0.0.1" port="5601" ruleset="tcp")
input(type="imtcp" address="127.0.0.1" port="5602" ruleset="newline")
input(type="imtcp" address="127.0.0.1" port="6514" ruleset="tls"
      streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
CONF

start_rsyslog() {
    rsyslogd -n -i /run/siem.pid -f /run/siem.conf >/run/siem.out 2>&1 &
    RSYSLOG=$!
    soon bash -c 'exec 3<>/dev/tcp/127.0.0.1/6514' || { cat /run/siem.out; return 1; }
    soon test -S /run/siem.sock
}
stop_rsyslog() { kill "$RSYSLOG" && wait "$RSYSLOG"; true; }

# told WAY: holds what came by that way against the file.
told() { soon python3 "$REPO/tests/acceptance/siem.py" "$OUT_DIR" "$LOGS/$1"; }

needs start_rsyslog
start_pce
start_sink
dpkg -i "$DEB" >/dev/null
RECEIVERS='[
    {name: "unix", via: "syslog", url: "unix:///run/siem.sock", body: "cef", facility: "user"},
    {name: "udp", via: "syslog", url: "udp://127.0.0.1:5514", body: "cef"},
    {name: "tcp", via: "syslog", url: "tcp://localhost:5601", body: "cef"},
    {name: "newline", via: "syslog", url: "tcp://127.0.0.1:5602", framing: "newline"},
    {name: "tls", via: "syslog", url: "tls://localhost:6514", body: "cef", ca_file: "/run/ca/ca.crt", facility: "local7"},
    {name: "json", via: "file", path: "out"},
    {name: "cef", via: "file", path: "out", body: "cef"}]'
# Letters that each format escapes, in its own way.
RULES='[
    {id: 1, type: "event", name: "a|b=c\\d \"e\" 規則", level: "critical", filter_value: "*", desc: "two\nlines = a\\b | c",
     rec: "=", threshold_type: "immediate"},
    {id: 2, type: "traffic", name: "flows", pd: -1, threshold_type: "immediate"},
    {id: 3, type: "traffic", name: "per source", pd: -1, per: "source", threshold_type: "immediate"}]'
config "$CONFIG" "$SINK_SMTP | .forward = $RECEIVERS | .rules = $RULES"
holds "check reaches each receiver" bash -c 'illumio-monitor check --json | jq -e "[.findings[] | select(.probe == \"forward\").result] == [range(7) | \"ok\"]"'
holds "a run hands on" bash -c 'illumio-monitor run | grep -qE " forwarded=(2[1-9]|[3-9][0-9]) "'
holds "check has sent nothing" python3 "$REPO/tests/acceptance/siem.py" "$OUT_DIR" "$OUT_DIR/alerts.cef"
for way in unix udp tcp newline tls; do
    holds "what came by $way is what the file has, and reads as CEF or JSON" told "$way"
done
holds "the file is for the group to read" same "illumio-monitor:illumio-monitor 640 $OUT_DIR/alerts.jsonl" owners "$OUT_DIR/alerts.jsonl"

# Down, then up again.
stop_rsyslog
kill "$PCE"
holds "a run finds the receivers down, and the PCE" ends_with 75 illumio-monitor run
holds "and mails the condition" ends_with 75 illumio-monitor run
needs start_rsyslog
ends_with 75 illumio-monitor run >/dev/null 2>&1
for way in unix tcp newline tls; do
    holds "what waited has come by $way, in its order and once" told "$way"
done

# Whoever has no CA of ours is no receiver.
jq '(.forward[] | select(.name == "tls")) |= del(.ca_file)' "$CONFIG" >/run/c && cat /run/c >"$CONFIG"
holds "a certificate of nobody known is refused" bash -c 'illumio-monitor check | grep -q "not signed by a CA that this host trusts"'
stop_rsyslog
ends
