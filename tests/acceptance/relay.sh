# dist/postfix-relay.md word for word, booted: apt-get, Postfix, an upstream with and without AUTH
source "$REPO/tests/acceptance/lib.sh"
source "$REPO/tests/acceptance/mailserver.sh"

GUIDE=$REPO/dist/postfix-relay.md
holds "both languages have the same commands and configs" bash -c "
    blocks() { awk -v kind=\"\\\`\\\`\\\`\$1\" '\$0 == kind {on = 1; next} /^\\\`\\\`\\\`/ {on = 0} on' \"\$2\"; }
    for kind in sh text json; do diff <(blocks \$kind '$GUIDE') <(blocks \$kind '${GUIDE%.md}.zh-TW.md') || exit; done"

# What the rig needs, and no user: the upstream is another host, but on this one; its name
# stands in /etc/hosts, since there is no DNS here; and who edits a file types without hands.
UPSTREAM=smtp.example.com
ip addr add 192.0.2.25/32 dev lo 2>/dev/null
echo "192.0.2.25 $UPSTREAM" >>/etc/hosts
make_ca
upstream() {
    mail_server "$UPSTREAM" 192.0.2.25 && only_from_its_list "$UPSTREAM" || return
    postconf -e 'smtp_host_lookup = native'
}
# Relays without a password for the hosts on its list, and for nobody else.
only_from_its_list() {
    postconf -c "/run/$1" -P '25/inet/smtpd_client_restrictions=permit_mynetworks,reject' &&
        postconf -c "/run/$1" -e 'mynetworks = 192.0.2.25/32' && postfix -c "/run/$1" reload
}
printf '#!/bin/sh\ncat /run/typed >>"$1"\n' >/run/editor && chmod 755 /run/editor
a_new_host() {
    systemctl stop postfix
    postfix -c "/run/$UPSTREAM" stop
    never_installed postfix libsasl2-modules
    rm -rf /etc/postfix /var/spool/postfix /var/lib/postfix /etc/aliases* "/run/$UPSTREAM" "/var/log/$UPSTREAM.log"
    journalctl --rotate --vacuum-time=1s
}

# As the document has it. From a file: what is read on the way must not be the next command.
carry_out() { [ -s /run/step ] && EDITOR=/run/editor bash -e /run/step; }
follow() { fenced sh "$1" "$GUIDE" >/run/step && carry_out; }
follow_last_line() { fenced sh "$1" "$GUIDE" | tail -n 1 >/run/step && carry_out; }
answering() { fenced sh "1. Install" "$GUIDE" | sed "s/Satellite system/$1/" >/run/step && carry_out; }
settings() { config "$CONFIG" ". * $(fenced json "$1" "$GUIDE" | jq -s ".[${2:-0}]")"; }
log() { journalctl --quiet --output=cat -t postfix/smtp; }
logged() { soon bash -c "journalctl --quiet --output=cat -t postfix/smtp | grep -qE '$1'"; }
delivered() { soon arrived "$UPSTREAM" "$1" || { log; return 1; }; }
on_loopback_alone() { ! ss -Hltn 'sport = :25' | awk '{print $4}' | grep -vE '^(127\.0\.0\.1|\[::1\]|192\.0\.2\.25):25$'; }

start_pce
dpkg -i "$DEB" >/dev/null

# Without a password.
needs a_new_host
holds "1. Install" follow "1. Install"
holds "as it is installed it listens on loopback alone" on_loopback_alone
needs upstream
holds "2. Listen on this host only" follow "2. Listen on this host only"
holds "3. Without a password" follow "Without a password"
holds "4. Bounces reach a person" follow "4. Bounces reach a person"
settings "5. A sender that the upstream accepts"
holds "5. A sender that the upstream accepts" follow "5. A sender that the upstream accepts"
holds "6. Start it and see" follow "6. Start it and see"
holds "Postfix listens on loopback alone" on_loopback_alone
holds "the upstream has the test mail" delivered 1
holds "it came encrypted, and without a password" bash -c "grep -q 'with ESMTPS ' /run/$UPSTREAM/mail/box"
holds "a run's mail" illumio-monitor run
holds "the upstream has that too" delivered 2
holds "mailq is empty" bash -c 'mailq | grep -q "Mail queue is empty"'
holds "the log says status=sent with the upstream's answer" logged 'status=sent \(250 2.0.0 Ok: queued as'
postconf -c "/run/$UPSTREAM" -e 'mynetworks = 127.0.0.1/32' && postfix -c "/run/$UPSTREAM" reload 2>/dev/null
illumio-monitor test-mail >/dev/null 2>&1
holds "who is not on the upstream's list sees what the table of troubles says" logged '554 .*Client host rejected'

# With a password, and after "No configuration".
needs a_new_host
holds "installed with No configuration" answering "No configuration"
holds "there is no main.cf" absent /etc/postfix/main.cf
holds "If Postfix was installed with another answer" follow "If Postfix was installed with another answer"
needs upstream
rm -f "$STATE"/*
cp $CA/ca.crt /usr/local/share/ca-certificates/acceptance.crt
holds "the upstream's CA is known" update-ca-certificates
fenced text "With a password" "$GUIDE" | sed 's/PASSWORD/correct horse/' >/run/typed
holds "2. Listen on this host only" follow "2. Listen on this host only"
holds "3. With a password" follow "With a password"
holds "sasl_passwd and its .db are root's, 0600" \
    same "$(printf 'root:root 600 /etc/postfix/sasl_passwd\nroot:root 600 /etc/postfix/sasl_passwd.db')" owners /etc/postfix/sasl_passwd*
holds "Check the upstream's certificate" follow "Check the upstream's certificate"
holds "4. Bounces reach a person" follow "4. Bounces reach a person"
settings "5. A sender that the upstream accepts"
holds "5. A sender that the upstream accepts" follow "5. A sender that the upstream accepts"
holds "6. Start it and see" follow "6. Start it and see"
holds "Postfix listens on loopback alone" on_loopback_alone
holds "the upstream has the test mail" delivered 1
holds "a run's mail" illumio-monitor run
holds "the upstream has that too" delivered 2
holds "it came authenticated and over TLS" bash -c "grep -c 'with ESMTPSA' /run/$UPSTREAM/mail/box | grep -qx 2"
holds "the upstream knew the account" grep -q 'sasl_username=monitor@example.com' "/var/log/$UPSTREAM.log"
holds "the certificate was checked" logged "Verified TLS connection established to $UPSTREAM"
mail_to_user() { printf 'Subject: a bounce\n\nbody\n' | /usr/sbin/sendmail -f root illumio-monitor; }
holds "mail for the service's user" mail_to_user
holds "reaches a person, from a sender that upstream takes" delivered 3
holds "as the alias says" grep -q '^Delivered-To: admin@example.com' "/run/$UPSTREAM/mail/box"

# What the table of troubles says.
config "$CONFIG" ". * $(fenced json "5. A sender that the upstream accepts" "$GUIDE") | .email.sender = \"illumio-monitor@localhost\""
rm -f "$STATE"/*.last
postconf -e 'smtp_generic_maps ='
systemctl reload postfix
illumio-monitor test-mail >/dev/null 2>&1
holds "the default sender is refused upstream, as step 5 says" logged 'Sender address rejected'
sed 's/correct horse/wrong/' -i /etc/postfix/sasl_passwd && postmap /etc/postfix/sasl_passwd
holds "the .db stays closed when it is made again" same "root:root 600 /etc/postfix/sasl_passwd.db" owners /etc/postfix/sasl_passwd.db
systemctl restart postfix
settings "5. A sender that the upstream accepts"
illumio-monitor test-mail >/dev/null 2>&1
holds "a wrong password shows as SASL authentication failed" logged 'SASL authentication failed'
holds "and mailq has the mail" soon bash -c '! mailq | grep -q "Mail queue is empty"'
holds "the password is in no log" bash -c "! { journalctl -q; cat /var/log/$UPSTREAM.log; } | grep -qF 'correct horse'"

# After "Local only".
needs a_new_host
holds "installed with Local only" answering "Local only"
needs upstream
for step in "2. Listen on this host only" "Without a password" "5. A sender that the upstream accepts"; do
    needs follow "$step"
done
rm -f "$STATE"/*
settings "5. A sender that the upstream accepts"
follow "6. Start it and see" >/dev/null 2>&1
not_delivered() { sleep 2; arrived "$UPSTREAM" 0; }
holds "it rejects every mail that is to leave the host" not_delivered
holds "If Postfix was installed with another answer" follow_last_line "If Postfix was installed with another answer"
holds "6. Start it and see" follow "6. Start it and see"
holds "the upstream has it" delivered 1

# Without a relay.
systemctl stop postfix
empty "$UPSTREAM"
rm -f "$STATE"/*
settings "Without a relay" 0
holds "direct, without a password: test-mail" illumio-monitor test-mail
holds "it came" delivered 1
echo 'correct horse' >/run/typed
holds "the password's file" follow "Without a relay"
holds "is root's, and the service may read it" same "root:illumio-monitor 640 /etc/illumio-monitor/smtp_password" owners /etc/illumio-monitor/smtp_password
rm -f "$STATE"/*
settings "Without a relay" 1
holds "direct, with a password: test-mail" illumio-monitor test-mail
holds "it came, too" delivered 2
postfix -c "/run/$UPSTREAM" stop >/dev/null 2>&1
ends
