//! What the doctor says. What is wrong and what to do are sentences of their own.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    // Certificates.
    certificate(subject, issuer, from, until) {
        en: "certificate of {subject}, issued by {issuer}, valid from {from} to {until}",
        zh: "憑證主體 {subject}，簽發者 {issuer}，有效期間 {from} 至 {until}"
    }
    tls_works(server, until, days) {
        en: "TLS with {server}: certificate valid until {until} ({days} days)",
        zh: "與 {server} 的 TLS 連線正常，憑證有效至 {until}（剩 {days} 天）"
    }
    tls_fails(server, cause) { en: "TLS with {server}: {cause}", zh: "與 {server} 的 TLS 連線失敗：{cause}" }
    tls_unverified(server) {
        en: "TLS with {server}: the certificate is not verified",
        zh: "與 {server} 的 TLS 連線未驗證憑證"
    }
    no_tls(server) { en: "{server} is on this host, without TLS", zh: "{server} 位於本機，不使用 TLS" }
    renew_soon() { en: "Have it renewed before it expires.", zh: "請在到期前更新憑證。" }
    look_at_server() {
        en: "Look at the server's log and its TLS settings.",
        zh: "請檢查該伺服器的紀錄與 TLS 設定。"
    }
    ca_file_unusable(key) { en: "{key} can't be used", zh: "無法使用 {key}" }

    // The way to the PCE.
    proxy_unusable() { en: "The proxy can't be used", zh: "無法使用 Proxy" }
    proxy_used(place, source) {
        en: "The PCE is reached through the proxy {place} (from {source})",
        zh: "經由 Proxy {place} 連線至 PCE（來自 {source}）"
    }
    name_found(host, addresses) { en: "The name {host} is {addresses}", zh: "主機名稱 {host} 解析為 {addresses}" }
    name_not_found(host, reason) { en: "The name {host} has no address{reason}", zh: "主機名稱 {host} 無法解析{reason}" }
    name_fix(key) {
        en: "Check {key} and this host's name servers (/etc/resolv.conf), or add the name to /etc/hosts.",
        zh: "請檢查 {key} 與這台主機的名稱伺服器（/etc/resolv.conf），或將該名稱加入 /etc/hosts。"
    }
    connects(place) { en: "{place} accepts connections", zh: "可連線至 {place}" }
    connect_fails(place, reason) { en: "No connection to {place}: {reason}", zh: "無法連線至 {place}：{reason}" }
    address_fails(address, reason) { en: "{address}: {reason}", zh: "{address}：{reason}" }
    some_addresses_fail() {
        en: "Each run loses time with the addresses that do not answer; mend them, or take them out of the name's entry.",
        zh: "每次執行都會在沒有回應的位址上耗費時間；請修復這些位址，或從名稱解析中移除。"
    }
    refused() { en: "refused, nothing listens on that port", zh: "連線遭拒，該連接埠沒有服務在接聽" }
    timed_out() { en: "nothing came in time", zh: "等候逾時" }
    connect_refused_fix(key) {
        en: "Check the port in {key} (a PCE listens on 8443, the cloud on 443), and whether the service runs there.",
        zh: "請檢查 {key} 的連接埠（地端 PCE 為 8443，雲端為 443），以及該端服務是否正在執行。"
    }
    connect_blocked_fix(place) {
        en: "Have TCP from this host to {place} allowed on the firewalls on the way, or name a proxy in api.proxy.",
        zh: "請在沿途防火牆開放這台主機到 {place} 的 TCP 連線，或在 api.proxy 指定 Proxy。"
    }
    no_answer() { en: "The PCE does not answer as it should", zh: "PCE 未正常回應" }

    // The key and its rights.
    key_accepted(version) { en: "The PCE{version} accepts the API key", zh: "PCE{version} 接受此 API 金鑰" }
    key_refused() { en: "The PCE refuses the API key", zh: "PCE 拒絕此 API 金鑰" }
    org(id) { en: "The key belongs to org {id}", zh: "金鑰屬於組織 {id}" }
    org_refused(id) { en: "The key may read nothing in org {id}", zh: "金鑰無法讀取組織 {id} 的任何資料" }
    org_fix() {
        en: "Check api.org_id (the PCE's console shows it under My Profile), and that the key has a global role such as Global Viewer.",
        zh: "請檢查 api.org_id（可在 PCE 主控台的 My Profile 查看），並確認金鑰具有 Global Viewer 等全域角色。"
    }
    events() { en: "events", zh: "事件" }
    traffic() { en: "traffic", zh: "流量" }
    readable(name) { en: "The key may read {name}", zh: "金鑰可讀取{name}" }
    forbidden(name) { en: "The key may not read {name}", zh: "金鑰無權讀取{name}" }
    unreadable(name) { en: "The PCE's {name} can't be read", zh: "無法讀取 PCE 的{name}" }
    role_fix() {
        en: "Give the key's service account a global role such as Global Viewer; a role with a label scope sees neither events nor health.",
        zh: "請授予該服務帳號 Global Viewer 等全域角色；限定標籤範圍的角色看不到事件與健康狀態。"
    }
    health_normal() { en: "The PCE's health is normal", zh: "PCE 健康狀態正常" }
    health_ill() { en: "The PCE's health is not normal", zh: "PCE 健康狀態異常" }
    health_ill_fix() {
        en: "Open Health in the PCE's console, or run `illumio-pce-ctl cluster-status` on a node.",
        zh: "請開啟 PCE 主控台的 Health 頁面，或在節點上執行 `illumio-pce-ctl cluster-status`。"
    }
    health_refused() { en: "The PCE does not offer its health to this key", zh: "此金鑰無法取得 PCE 健康狀態" }
    health_refused_fix() {
        en: "On-premises: give the key a global role such as Global Viewer. The cloud does not offer it: set settings.enable_health_check to false.",
        zh: "地端 PCE：請授予金鑰 Global Viewer 等全域角色。雲端不提供此功能：請將 settings.enable_health_check 設為 false。"
    }
    health_off() {
        en: "The PCE does not offer its health to this key, and settings.enable_health_check is off",
        zh: "此金鑰無法取得 PCE 健康狀態，而 settings.enable_health_check 已關閉"
    }
    health_fails() { en: "The PCE's health can't be read", zh: "無法讀取 PCE 健康狀態" }
    clock(seconds) { en: "The PCE's clock is {seconds} s ahead of this host's", zh: "PCE 的時鐘比這台主機快 {seconds} 秒" }
    clock_fix() {
        en: "Check the time service of both hosts (chronyc tracking, timedatectl). Runs follow the PCE's clock; certificates and mails, this host's.",
        zh: "請檢查兩台主機的校時服務（chronyc tracking、timedatectl）。監控以 PCE 的時鐘為準；憑證與郵件則以這台主機為準。"
    }

    // The mail server.
    banner(text) { en: "it says: {text}", zh: "伺服器訊息：{text}" }
    odd_sender(sender) {
        en: "The sender {sender} has a domain that other mail servers do not accept",
        zh: "寄件者 {sender} 的網域不會被其他郵件伺服器接受"
    }
    odd_sender_fix() {
        en: "Set email.sender to an address in a domain of yours, unless the mail server here rewrites it.",
        zh: "請將 email.sender 設為貴單位網域的地址，除非本地郵件伺服器會改寫寄件者。"
    }
    mail_fell_back(server) {
        en: "TLS with {server} failed, and mail goes unencrypted",
        zh: "與 {server} 的 TLS 連線失敗，郵件將以未加密方式寄出"
    }
    mail_encrypted(server) {
        en: "Mail to {server} is encrypted; the certificate is not verified (smtp.tls is opportunistic)",
        zh: "寄往 {server} 的郵件已加密；未驗證憑證（smtp.tls 為 opportunistic）"
    }
    mail_clear(server) { en: "Mail to {server} is not encrypted", zh: "寄往 {server} 的郵件未加密" }
    logged_in() { en: "The mail server accepts the login", zh: "郵件伺服器接受登入" }
    sender_accepted(sender) { en: "The mail server takes mail from {sender}", zh: "郵件伺服器接受寄件者 {sender}" }
    recipient_accepted(recipient) {
        en: "The mail server takes mail to {recipient} (nothing was sent)",
        zh: "郵件伺服器接受收件者 {recipient}（未寄出任何郵件）"
    }
    recipient_fix() {
        en: "Check the address in email.recipients, and whether the mail server relays for this host (Postfix: mynetworks) or wants a login.",
        zh: "請檢查 email.recipients 的地址，以及郵件伺服器是否允許這台主機轉送（Postfix：mynetworks）或要求登入。"
    }
    from_fix() {
        en: "Set email.sender, or email.envelope_sender, to an address that this mail server accepts.",
        zh: "請將 email.sender 或 email.envelope_sender 設為此郵件伺服器接受的地址。"
    }
    login_fix() {
        en: "Check smtp.user and the password, and whether this user may send from this host.",
        zh: "請檢查 smtp.user 與密碼，以及該使用者是否可由這台主機寄信。"
    }
    mail_tls_fix() {
        en: "Look at the mail server's TLS settings and its log.",
        zh: "請檢查郵件伺服器的 TLS 設定與紀錄。"
    }
    mail_server_fix() {
        en: "Look at the mail server's log, and whether it takes connections from this host.",
        zh: "請檢查郵件伺服器的紀錄，以及是否允許這台主機連線。"
    }
}
