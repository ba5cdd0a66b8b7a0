# real Postfix: delivery to mailboxes, routes, STARTTLS by a CA of its own, AUTH, what must fail
source "$REPO/tests/acceptance/lib.sh"
source "$REPO/tests/acceptance/mailserver.sh"

make_ca
echo '127.0.0.1 mail.example.net other.example.net' >>/etc/hosts
needs mail_server mail.example.net 127.0.0.1
start_pce
dpkg -i "$DEB" >/dev/null
install -m 644 $CA/ca.crt /etc/illumio-monitor/ca.pem
install -m 640 -g illumio-monitor <(printf 'correct horse\n') /etc/illumio-monitor/smtp_password
install -m 640 -g illumio-monitor <(printf 'wrong\n') /etc/illumio-monitor/wrong

SERVER=mail.example.net
AUTH='"user": "monitor@example.com", "password_file": "/etc/illumio-monitor/smtp_password"'
CA_FILE='"ca_file": "/etc/illumio-monitor/ca.pem"'
# with SMTP: a fresh installation with these mail settings.
with() {
    rm -f "$STATE"/*
    empty $SERVER
    config "$CONFIG" ".email.sender = \"monitor@example.com\" | .smtp = {\"host\": \"$SERVER\", $1}"
}
run() { illumio-monitor run; }
# received HOW: the one mail in the box came over this protocol [RFC 3848].
received() {
    soon arrived $SERVER 1
    grep -qE "with $1 " "/run/$SERVER/mail/box" || { grep -A4 '^Received' "/run/$SERVER/mail/box"; return 1; }
}

with '"port": 26, "tls": "none"'
holds "in the clear: a run mails" run
holds "Postfix delivered it to the mailbox" received ESMTP
holds "with its headers and both parts" bash -c "for line in '^Subject: ' '^X-Illumio-Monitor-Level: ' 'text/plain' 'text/html'; do grep -q \"\$line\" /run/$SERVER/mail/box || exit; done"
holds "the next run mails nothing" run
holds "one mail in the box" arrived $SERVER 1
# Three mailboxes: who is told what stands in email.routes.
ROUTES='.email.routes = [
    {"rules": [1], "to": ["netops@example.com"]},
    {"levels": ["warning"], "to": ["dba@example.com", "netops@example.com"], "only": true},
    {"rules": [5], "to": ["dba@example.com"], "only": true}]'
# in_each COUNT: so many mails in each of the three.
in_each() { local box; for box in box netops dba; do soon arrived $SERVER "$1" $box || return; done; }
# Nothing starts the runs here, which check tells by its exit code.
asked_for_each() { local said to; said=$(illumio-monitor check); for to in soc netops dba; do grep "accepts mail to $to@example.com" <<<"$said" || return; done; }
# tells BOX WORDS, without the line breaks of quoted-printable and of the text.
tells() { sed -e ':a' -e '/=\r*$/{N;s/=\r*\n//;ba' -e '}' "/run/$SERVER/mail/$1" | tr -s '\r\n' ' ' | grep -qF "$2"; }
untold() { ! tells "$@"; }
delivered() { illumio-monitor history --json | jq -e '[.entries[].mails[].became] | length > 3 and all(. == "delivered")'; }
with '"port": 26, "tls": "none"'
jq "$ROUTES" "$CONFIG" >/run/routed && cat /run/routed >"$CONFIG"
holds "routes: check asks for everyone" asked_for_each
holds "a run mails everyone" run
holds "one mail in each of three mailboxes" in_each 1
TAMPERED='Someone changed the firewall rules' SILENT='Agents do not report to the PCE any more'
for box in box netops; do holds "$box has the rule that goes to both" tells $box "$TAMPERED"; done
for box in netops dba; do holds "$box has what only these two get" tells $box "$SILENT"; done
holds "the recipients have not" untold box "$SILENT"
holds "dba has not what is for the others" untold dba "$TAMPERED"
holds "each reads what others got" tells dba 'Sent to soc@example.com only, not in this mail'
holds "history has all of it delivered" delivered
holds "test-mail to everyone" illumio-monitor test-mail
holds "it came to each mailbox" in_each 2
with '"port": 25, "tls": "opportunistic"'
holds "opportunistic takes STARTTLS with any certificate" run
holds "over TLS" received ESMTPS
with "\"port\": 25, \"tls\": \"starttls\", $CA_FILE"
holds "starttls with the CA of our own" run
holds "over TLS" received ESMTPS
with "\"port\": 587, \"tls\": \"starttls\", $AUTH, $CA_FILE"
holds "AUTH over STARTTLS" run
holds "authenticated" received ESMTPSA
holds "Postfix knows who it was" grep -q 'sasl_username=monitor@example.com' "/var/log/$SERVER.log"
with "\"port\": 465, \"tls\": \"implicit\", $AUTH, $CA_FILE"
holds "AUTH over implicit TLS" run
holds "authenticated" received ESMTPSA
holds "test-mail through the same" illumio-monitor test-mail
holds "it came" soon arrived $SERVER 2

with '"port": 25, "tls": "starttls"'
holds "starttls with an unknown CA: a person is needed" ends_with 78 run
holds "nothing came" arrived $SERVER 0
with "\"port\": 26, \"tls\": \"starttls\", $CA_FILE"
holds "starttls where none is offered: not sent" bash -c 'illumio-monitor run; [ $? -ge 75 ]'
holds "nothing came" arrived $SERVER 0
with "\"port\": 587, \"tls\": \"starttls\", $CA_FILE, ${AUTH/smtp_password/wrong}"
holds "a wrong password: a person is needed" ends_with 78 run
holds "nothing came" arrived $SERVER 0
jq '.smtp.password_file = "/etc/illumio-monitor/smtp_password"' "$CONFIG" >/run/mended && cat /run/mended >"$CONFIG"
holds "mended, the waiting mail goes" run
holds "it came, once" received ESMTPSA
sed -i 's/ mail.example.net//' /etc/hosts
with "\"port\": 25, \"tls\": \"starttls\", $CA_FILE"
sed -i 's/"mail.example.net"/"other.example.net"/' "$CONFIG"
holds "a certificate for another name: a person is needed" ends_with 78 run
holds "no password in any log" bash -c "! grep -rqaF 'correct horse' /var/log/$SERVER.log '$CONFIG' '$CONFIG.last'"
postfix -c "/run/$SERVER" stop >/dev/null 2>&1
ends
