# dist/postfix-relay.md as it stands: monitor, Postfix on loopback, upstream with AUTH
source "$REPO/tests/acceptance/lib.sh"
source "$REPO/tests/acceptance/mailserver.sh"

GUIDE=$REPO/dist/postfix-relay.md
# The fenced blocks of one kind, one after the other.
blocks() { awk -v kind="\`\`\`$1" '$0 == kind {on = 1; next} /^```/ {on = 0} on' "$2"; }
# block KIND NUMBER
block() { awk -v kind="\`\`\`$1" -v wanted="$2" '$0 == kind {n++; on = n == wanted; next} /^```/ {on = 0} on' "$GUIDE"; }

holds "both languages have the same commands and configs" bash -c "
    $(declare -f blocks)
    for kind in sh text json; do diff <(blocks \$kind '$GUIDE') <(blocks \$kind '${GUIDE%.md}.zh-TW.md') || exit; done"

# The upstream is another host.
ip addr add 192.0.2.25/32 dev lo 2>/dev/null || true
echo '192.0.2.25 smtp.example.com' >>/etc/hosts
make_ca
needs mail_server smtp.example.com 192.0.2.25
start_pce
dpkg -i "$DEB" >/dev/null

# Ubuntu's way, on a Postfix without configuration.
export DEBIAN_FRONTEND=noninteractive
cp /usr/share/postfix/main.cf.debian /etc/postfix/main.cf
postconf -e 'myhostname = monitor.example.net' 'mydestination = $myhostname, localhost' \
    'alias_maps = hash:/etc/aliases' 'alias_database = hash:/etc/aliases' 'maillog_file = /var/log/relay.log' \
    'inet_protocols = ipv4' 'smtp_host_lookup = native'
postconf -M postlog/unix-dgram='postlog unix-dgram n - n - 1 postlogd'
cp $CA/ca.crt /usr/local/share/ca-certificates/acceptance.crt
update-ca-certificates >/dev/null 2>&1

# systemd isn't here; Debian's own script does what its unit would.
systemctl() { case $1 in enable) true ;; *) /etc/init.d/postfix "$1" ;; esac; }
export -f systemctl
step() { block sh "$1" | bash -e; }

holds "where mail goes (encrypt)" step 1
holds "check the upstream's certificate (secure)" step 2
holds "where the CAs are" step 3
holds "the password's file comes into being closed" step 4
block text 1 | sed 's/PASSWORD/correct horse/' >>/etc/postfix/sasl_passwd
holds "postmap" step 5
holds "sasl_passwd and its .db are root's, 0600" \
    same "$(printf 'root:root 600 /etc/postfix/sasl_passwd\nroot:root 600 /etc/postfix/sasl_passwd.db')" owners /etc/postfix/sasl_passwd*
holds "the alias" step 6
holds "the rewritten senders" step 7
holds "start" step 8
holds "Postfix listens on loopback alone" same 127.0.0.1:25 bash -c "ss -Hltn 'sport = :25' | awk '{print \$4}' | grep -v '^192.0.2.25:'"

guide_config() { config "$CONFIG" ". * $(block json "$1")"; }
delivered() {
    soon arrived smtp.example.com "$1" || { cat /var/log/relay.log; return 1; }
}
guide_config 1
holds "test-mail says Postfix has taken it" illumio-monitor test-mail
holds "the upstream has it" delivered 1
holds "a run's mail" illumio-monitor run
holds "the upstream has that too" delivered 2
holds "it came authenticated and over TLS" bash -c 'grep -c "with ESMTPSA" /run/smtp.example.com/mail/box | grep -qx 2'
holds "the upstream knew the account" grep -q 'sasl_username=monitor@example.com' /var/log/smtp.example.com.log
holds "mailq is empty" bash -c 'mailq | grep -q "Mail queue is empty"'
holds "the log says status=sent with the upstream's answer" grep -qE 'status=sent \(250 2.0.0 Ok: queued as' /var/log/relay.log
holds "the certificate was checked" grep -q 'Verified TLS connection established to smtp.example.com' /var/log/relay.log
mail_to_user() { printf 'Subject: a bounce\n\nbody\n' | /usr/sbin/sendmail -f root illumio-monitor; }
holds "mail for the service's user" mail_to_user
holds "reaches a person, from a sender that upstream takes" delivered 3
holds "as the alias says" grep -q '^Delivered-To: admin@example.com' /run/smtp.example.com/mail/box

# What the table of troubles says.
config "$CONFIG" ". * $(block json 1) | .email.sender = \"illumio-monitor@localhost\""
rm -f "$STATE"/*.last
postconf -e 'smtp_generic_maps ='
systemctl reload >/dev/null 2>&1
illumio-monitor test-mail >/dev/null 2>&1
holds "the default sender is refused upstream, as step 5 says" soon grep -q 'Sender address rejected' /var/log/relay.log
sed 's/correct horse/wrong/' -i /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd
holds "the .db stays closed when it is made again" same "root:root 600 /etc/postfix/sasl_passwd.db" owners /etc/postfix/sasl_passwd.db
systemctl restart >/dev/null 2>&1
guide_config 1
illumio-monitor test-mail >/dev/null 2>&1
holds "a wrong password shows as SASL authentication failed" soon grep -q 'SASL authentication failed' /var/log/relay.log
holds "and mailq has the mail" soon bash -c '! mailq | grep -q "Mail queue is empty"'
holds "the password is in no log" bash -c '! grep -rqF "correct horse" /var/log/relay.log /var/log/smtp.example.com.log'

# Without a relay.
install -m 640 -g illumio-monitor <(printf 'correct horse\n') /etc/illumio-monitor/smtp_password
rm -f /run/smtp.example.com/mail/box "$STATE"/*
guide_config 2
holds "direct: test-mail" illumio-monitor test-mail
holds "direct: it came" delivered 1
systemctl stop >/dev/null 2>&1
postfix -c /run/smtp.example.com stop >/dev/null 2>&1
ends
