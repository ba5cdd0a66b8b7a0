# Real Postfix servers of the theme's own: with TLS by a CA of its own, AUTH, a mailbox for
# everyone, and one each for netops and dba. Sourced after lib.sh.
# shellcheck shell=bash

CA=/run/ca

make_ca() {
    mkdir -p $CA
    openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Acceptance CA" \
        -keyout $CA/ca.key -out $CA/ca.crt 2>/dev/null
}

# certificate NAME
certificate() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$CA/$1.key" -out "$CA/$1.csr" 2>/dev/null
    openssl x509 -req -in "$CA/$1.csr" -CA $CA/ca.crt -CAkey $CA/ca.key -CAcreateserial -days 2 \
        -extfile <(printf 'subjectAltName=DNS:%s' "$1") -out "$CA/$1.crt" 2>/dev/null
}

# mail_server NAME ADDRESS: takes mail for example.com from whom it knows, into
# /run/NAME/mail/; AUTH as monitor@example.com with "correct horse". Ports 25 (this
# host), 587 (STARTTLS and AUTH), 465 (TLS from the first byte, AUTH), 26 (no TLS).
mail_server() {
    local name=$1 address=$2 dir=/run/$1
    mkdir -p "$dir"/{queue,data,mail,sasl}
    chown postfix "$dir/data"
    chown nobody "$dir/mail"
    certificate "$name"
    cat >"$dir/main.cf" <<CF
compatibility_level = 3.6
queue_directory = $dir/queue
data_directory = $dir/data
maillog_file = /var/log/$name.log
inet_interfaces = $address
inet_protocols = ipv4
myhostname = $name
mydestination =
mynetworks_style = host
default_transport = error
alias_maps =
virtual_mailbox_domains = example.com
virtual_mailbox_base = $dir/mail
virtual_mailbox_maps = inline:{ { netops@example.com = netops }, { dba@example.com = dba } }, static:box
virtual_uid_maps = static:$(id -u nobody)
virtual_gid_maps = static:$(id -g nobody)
virtual_minimum_uid = 1
virtual_mailbox_limit = 0
smtpd_tls_cert_file = $CA/$name.crt
smtpd_tls_key_file = $CA/$name.key
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = example.com
cyrus_sasl_config_path = $dir/sasl
smtpd_sender_restrictions = inline_sender
CF
    # An upstream takes only its own domain as the sender.
    sed -i "s#^smtpd_sender_restrictions.*#smtpd_sender_restrictions = check_sender_access inline:{ { example.com = OK }, { <> = OK } }, reject#" "$dir/main.cf"
    cat >"$dir/master.cf" <<CF
25 inet n - n - - smtpd
26 inet n - n - - smtpd -o smtpd_tls_security_level=none
587 inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
CF
    printf 'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\nsasldb_path: %s\n' \
        "$dir/sasl/db" >"$dir/sasl/smtpd.conf"
    echo 'correct horse' | saslpasswd2 -c -p -f "$dir/sasl/db" -u example.com monitor
    chown postfix "$dir/sasl/db"
    postfix -c "$dir" start >"/run/$name.start" 2>&1 || { cat "/run/$name.start"; return 1; }
    soon bash -c "exec 3<>/dev/tcp/$address/587"
}

# The mails that NAME has in a mailbox, that for everyone unless named.
mails_at() { local box=/run/$1/mail/${2:-box}; if [ -f "$box" ]; then grep -c '^From ' "$box"; else echo 0; fi; }
# arrived NAME COUNT [MAILBOX]
arrived() { [ "$(mails_at "$1" "${3:-box}")" = "$2" ]; }
empty() { rm -f "/run/$1"/mail/*; }
