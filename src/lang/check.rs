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
    ca_file_unusable(key) { en: "{key} cannot be used", zh: "無法使用 {key}" }

    // The way to the PCE.
    proxy_unusable() { en: "The proxy cannot be used", zh: "無法使用 Proxy" }
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
    name_found_by_host(host, addresses) {
        en: "The name {host} is {addresses} by this host's resolver (getent); this program's own does not find it",
        zh: "主機名稱 {host} 由這台主機的解析器（getent）解析為 {addresses}；本程式內建的解析器查不到"
    }
    name_from_memory(host, address, at) {
        en: "The name {host} cannot be looked up; {address} is used, which last served it over verified TLS at {at}",
        zh: "無法解析主機名稱 {host}；改用 {address}，此位址最後一次以通過驗證的 TLS 提供服務是在 {at}"
    }
    dns_code(server, code, records, name) {
        en: "name server {server} answers {code} for the {records} record of {name}",
        zh: "名稱伺服器 {server} 對 {name} 的 {records} 紀錄回應 {code}"
    }
    dns_nxdomain() { en: "NXDOMAIN (there is no such name)", zh: "NXDOMAIN（無此名稱）" }
    dns_truncated(server, records, name) {
        en: "name server {server} truncates its answer for the {records} record of {name} (it does not fit into UDP)",
        zh: "名稱伺服器 {server} 對 {name} 的 {records} 紀錄回應不完整（超過 UDP 長度而截斷）"
    }
    dns_nothing(server, records, name) {
        en: "name server {server} does not answer for the {records} record of {name}",
        zh: "名稱伺服器 {server} 對 {name} 的 {records} 紀錄沒有回應"
    }
    dns_empty(server, records, name) {
        en: "name server {server} has no {records} record of {name}",
        zh: "名稱伺服器 {server} 沒有 {name} 的 {records} 紀錄"
    }
    dns_searched(name) {
        en: "it is found as {name}, by the search list in /etc/resolv.conf",
        zh: "依 /etc/resolv.conf 的 search 清單，可解析為 {name}"
    }
    dns_search_fix(name, key) {
        en: "Write the whole name, {name}, in {key}.",
        zh: "請在 {key} 填寫完整名稱 {name}。"
    }
    dns_fix() {
        en: "Fix this name server or its zone (for a name without an AAAA record it must answer NOERROR without a record, and every server in /etc/resolv.conf must know the same names), remove it from /etc/resolv.conf, or add the name to /etc/hosts.",
        zh: "請修正此名稱伺服器或其 zone（沒有 AAAA 紀錄的名稱應回應 NOERROR 且不含紀錄；/etc/resolv.conf 中的每一台都必須認得相同的名稱），或將它從 /etc/resolv.conf 移除，或將該名稱加入 /etc/hosts。"
    }
    proxy_fails(problem) { en: "No connection through the proxy: {problem}", zh: "無法通過 Proxy：{problem}" }
    proxy_connect_fix(key) {
        en: "Check the host and port in {key}, whether the proxy runs, and the firewalls on the way to it; `api.proxy: \"none\"` uses no proxy.",
        zh: "請檢查 {key} 的主機與連接埠、Proxy 是否正在執行，以及沿途防火牆；不使用 Proxy 時請設定 `api.proxy: \"none\"`。"
    }
    connects(place) { en: "{place} accepts connections", zh: "可連線至 {place}" }
    connect_fails(place, reason) { en: "No connection to {place}: {reason}", zh: "無法連線至 {place}：{reason}" }
    address_fails(address, reason) { en: "{address}: {reason}", zh: "{address}：{reason}" }
    some_addresses_fail() {
        en: "Each run loses time with the addresses that do not respond; fix them, or remove them from the name's DNS entry.",
        zh: "每次執行都會在沒有回應的位址上耗費時間；請修復這些位址，或從名稱解析中移除。"
    }
    refused() { en: "refused, nothing listens on that port", zh: "連線遭拒，該連接埠沒有服務在接聽" }
    timed_out() { en: "no response in time", zh: "等候逾時" }
    connect_refused_fix(key) {
        en: "Check the port in {key} (a PCE listens on 8443, the cloud on 443), and whether the service runs there.",
        zh: "請檢查 {key} 的連接埠（地端 PCE 為 8443，雲端為 443），以及該端服務是否正在執行。"
    }
    connect_blocked_fix(place) {
        en: "Have TCP from this host to {place} allowed on the firewalls on the way, or set api.proxy to a proxy.",
        zh: "請在沿途防火牆開放這台主機到 {place} 的 TCP 連線，或在 api.proxy 指定 Proxy。"
    }
    no_answer() { en: "The PCE does not respond as it should", zh: "PCE 未正常回應" }

    // The key and its rights.
    key_accepted(version) { en: "The PCE{version} accepts the API key", zh: "PCE{version} 接受此 API 金鑰" }
    key_refused() { en: "The PCE refuses the API key", zh: "PCE 拒絕此 API 金鑰" }
    org(id) { en: "The key belongs to org {id}", zh: "金鑰屬於組織 {id}" }
    org_refused(id) { en: "The key may not read anything in org {id}", zh: "金鑰無法讀取組織 {id} 的任何資料" }
    org_fix() {
        en: "Check api.org_id (the PCE's console shows it under My Profile), and that the key has a global role such as Global Viewer.",
        zh: "請檢查 api.org_id（可在 PCE 主控台的 My Profile 查看），並確認金鑰具有 Global Viewer 等全域角色。"
    }
    events() { en: "events", zh: "事件" }
    traffic() { en: "traffic", zh: "流量" }
    ip_lists() { en: "IP lists", zh: " IP 清單" }
    ip_lists_known(names) {
        en: "The addresses of the rules' IP lists can be read: {names}",
        zh: "可讀取規則所指定 IP 清單的位址：{names}"
    }
    ip_lists_absent(names) {
        en: "Rules name IP lists that the PCE does not have: {names}",
        zh: "規則指定了 PCE 沒有的 IP 清單：{names}"
    }
    ip_lists_absent_fix(names) {
        en: "Compare with Policy Objects > IP Lists in the PCE's console (case matters): {names}. Provision the list, or correct src_list, dst_list, not_src_list or not_dst_list of the rule. Until then a rule that requires it matches nothing.",
        zh: "請與 PCE 主控台 Policy Objects > IP Lists 比對（區分大小寫）：{names}。請佈建該清單，或修正規則的 src_list、dst_list、not_src_list、not_dst_list；在此之前，要求該清單的規則不會符合任何流量。"
    }
    ip_lists_cut(names) {
        en: "The PCE does not return all of its IP lists; these are missing: {names}",
        zh: "PCE 未傳回全部的 IP 清單，缺少：{names}"
    }
    ip_lists_cut_fix(names) {
        en: "Enter the networks in the rule itself instead of {names}: src_ip_in, dst_ip_in, ex_src_ip or ex_dst_ip.",
        zh: "請在規則中以 src_ip_in、dst_ip_in、ex_src_ip 或 ex_dst_ip 直接填寫網段，取代 {names}。"
    }
    ip_lists_too_large(names) {
        en: "The rules' IP lists have too many ranges in total; these are not used: {names}",
        zh: "規則的 IP 清單合計範圍過多，未使用：{names}"
    }
    ip_lists_too_large_fix(names) {
        en: "Combine the ranges of {names} in the PCE, or enter networks in the rule itself.",
        zh: "請在 PCE 合併 {names} 的範圍，或在規則中直接填寫網段。"
    }
    ip_lists_fqdns(names) {
        en: "These IP lists also contain host names (FQDNs), and only their addresses are matched: {names}",
        zh: "下列 IP 清單含有主機名稱（FQDN），僅能比對其中的位址：{names}"
    }
    ip_lists_fqdns_fix() {
        en: "If the names matter, add dst_host to the rule, or add a separate rule with it.",
        zh: "如需比對名稱，請在規則加入 dst_host，或另建一條規則。"
    }
    ip_lists_odd(names) {
        en: "Some entries of these IP lists could not be read as addresses and are skipped: {names}",
        zh: "下列 IP 清單有部分項目無法判讀為位址，已略過：{names}"
    }
    ip_lists_odd_fix() {
        en: "Look at the list in the PCE's console, and report the entry to the maintainers of illumio-monitor.",
        zh: "請在 PCE 主控台查看該清單，並將該項目回報給 illumio-monitor 的開發者。"
    }
    ip_lists_empty(names) {
        en: "These IP lists contain no addresses: {names}",
        zh: "下列 IP 清單沒有任何位址：{names}"
    }
    ip_lists_empty_fix() {
        en: "Nothing to do if this is intended; a rule that requires the list matches nothing.",
        zh: "若為預期中的設定，不需處理；要求該清單的規則不會符合任何流量。"
    }
    readable(name) { en: "The key may read {name}", zh: "金鑰可讀取{name}" }
    forbidden(name) { en: "The key may not read {name}", zh: "金鑰無權讀取{name}" }
    unreadable(name) { en: "The PCE's {name} cannot be read", zh: "無法讀取 PCE 的{name}" }
    role_fix() {
        en: "Give the key's service account a global role such as Global Viewer; a role with a label scope sees neither events nor health.",
        zh: "請授予該服務帳號 Global Viewer 等全域角色；限定標籤範圍的角色看不到事件與健康狀態。"
    }
    health_normal() { en: "The PCE's health is normal", zh: "PCE 健康狀態正常" }
    health_ill() { en: "The PCE's health is not normal", zh: "PCE 健康狀態異常" }
    workloads(managed) { en: "{managed} with a VEN", zh: "裝有 VEN：{managed}" }
    workloads_now(id, name, count) { en: "rule {id}, {name}: {count} now", zh: "規則 {id}（{name}）：目前 {count} 個" }
    workloads_unknown(line, count) {
        en: "{line}; for {count} the PCE gives no state",
        zh: "{line}；另有 {count} 個 PCE 未提供狀態"
    }
    workloads_fail() { en: "the list of workloads cannot be read", zh: "無法讀取 workload 清單" }
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
        zh: "此金鑰無法取得 PCE 健康狀態，而 settings.enable_health_check 已停用"
    }
    health_fails() { en: "The PCE's health cannot be read", zh: "無法讀取 PCE 健康狀態" }
    clock_ahead(seconds) { en: "The PCE's clock is {seconds} s ahead of this host's", zh: "PCE 的時鐘比這台主機快 {seconds} 秒" }
    clock_behind(seconds) { en: "The PCE's clock is {seconds} s behind this host's", zh: "PCE 的時鐘比這台主機慢 {seconds} 秒" }
    clock_same() {
        en: "The clocks of the PCE and of this host agree (within a second)",
        zh: "PCE 與這台主機的時鐘一致（相差不到 1 秒）"
    }
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
        en: "Set email.sender to an address in your own domain, unless the mail server here rewrites it.",
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
    sender_accepted(sender) { en: "The mail server accepts mail from {sender}", zh: "郵件伺服器接受寄件者 {sender}" }
    recipient_accepted(recipient) {
        en: "The mail server accepts mail to {recipient} (nothing was sent)",
        zh: "郵件伺服器接受收件者 {recipient}（未寄出任何郵件）"
    }
    recipient_fix() {
        en: "Check the address in email.recipients or email.routes, and whether the mail server relays for this host (Postfix: mynetworks) or requires a login.",
        zh: "請檢查 email.recipients 或 email.routes 的地址，以及郵件伺服器是否允許這台主機轉送（Postfix：mynetworks）或要求登入。"
    }
    helo_fix() {
        en: "It rejects the name by which this host introduces itself in EHLO, not the recipient. Give this host a name with a domain (hostnamectl set-hostname monitor.example.com), or have the mail server accept it as it is (Postfix: mynetworks).",
        zh: "對方不接受的是這台主機於 EHLO 自報的名稱，而非收件者。請為這台主機設定含網域的名稱（hostnamectl set-hostname monitor.example.com），或請郵件伺服器放行（Postfix：mynetworks）。"
    }
    client_fix() {
        en: "It rejects this host, not the recipient. Have the mail server accept mail from this host's address (Postfix: mynetworks), or give the address a name in DNS.",
        zh: "對方不接受的是這台主機，而非收件者。請郵件伺服器放行這台主機的位址（Postfix：mynetworks），或為該位址設定 DNS 反解名稱。"
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
        en: "Look at the mail server's log, and whether it accepts connections from this host.",
        zh: "請檢查郵件伺服器的紀錄，以及是否允許這台主機連線。"
    }

    // The file.
    config_valid(path, on, off) {
        en: "{path} is valid; rules on: {on}, off: {off}",
        zh: "{path} 內容正確；啟用的規則 {on} 條，停用 {off} 條"
    }
    config_fix() {
        en: "Correct this place in an editor; until then, runs monitor nothing.",
        zh: "請以編輯器修正此處；修正前不會執行任何監控。"
    }
    no_rules_fix() {
        en: "No rule is enabled, so only problems of the monitor itself are reported. Start with the best practices: `illumio-monitor rules load-best-practices`.",
        zh: "沒有啟用任何規則，僅會通知監控本身的異常狀態。可先載入最佳實踐規則：`illumio-monitor rules load-best-practices`。"
    }
    nothing_to_do() { en: "Nothing to do if this was intended.", zh: "若為預期中的變更，不需處理。" }
    run_this(command) { en: "Run: {command}", zh: "請執行：{command}" }
    permissions_good(user, owner, mode) {
        en: "Runs as {user}; the file belongs to {owner} (mode {mode}), and the folder can be written",
        zh: "以 {user} 身分執行；檔案擁有者為 {owner}（權限 {mode}），資料夾可寫入"
    }
    not_writable(file, reason) { en: "{file} cannot be written ({reason})", zh: "無法寫入 {file}（{reason}）" }
    read_only_fix(point) {
        en: "Mount {point} for writing: `mount -o remount,rw {point}`; in a container, remove `:ro`; in a systemd unit, add ReadWritePaths=.",
        zh: "請將 {point} 改為可寫入掛載：`mount -o remount,rw {point}`；容器請移除 `:ro`；systemd unit 請設定 ReadWritePaths=。"
    }
    folder_read_only(folder) {
        en: "{folder} is on a read-only file system, and locks and the new file are created there",
        zh: "{folder} 位於唯讀檔案系統，而鎖定檔與新檔案須建立於此"
    }
    own_mount(file, folder) {
        en: "{file} is a mount of its own: it is saved in place, and its locks and its copy .last are outside it, in {folder}",
        zh: "{file} 本身是一個掛載點：只能直接覆寫，其鎖定檔與備份 .last 則位於掛載之外的 {folder}"
    }
    own_mount_fix(folder) {
        en: "Mount the folder {folder} instead of the one file. Otherwise {folder} has to outlast the container, since a save that a crash interrupts is repaired from .last; and two containers on this file do not see each other's locks.",
        zh: "請改為掛載整個資料夾 {folder}，而非單一檔案。否則 {folder} 須保留至容器結束之後，因為儲存時若中斷，須由 .last 復原；且兩個容器共用此檔案時，看不到彼此的鎖定。"
    }
    folder_not_writable(folder, user) {
        en: "{user} may not write in {folder}, where locks and the new file are created",
        zh: "{user} 無法寫入 {folder}，而鎖定檔與新檔案須建立於此"
    }
    other_owner(file, theirs, ours) {
        en: "{file} belongs to {theirs}, not to {ours} as the config does",
        zh: "{file} 的擁有者為 {theirs}，與設定檔的擁有者 {ours} 不同"
    }

    // Around it.
    ca_file(key, file, count) {
        en: "{key}: {file} contains {count} certificate(s)",
        zh: "{key}：{file} 內含 {count} 張憑證"
    }
    ca_file_passed_by(blocks) {
        en: "Its other content is not read: {blocks}. If it was to be trusted, export it as PEM with -----BEGIN CERTIFICATE-----.",
        zh: "檔案中的其他內容不會讀取：{blocks}。若為應信任的憑證，請匯出為含有 -----BEGIN CERTIFICATE----- 的 PEM。"
    }
    trust_store(count) {
        en: "The system's trust store contains {count} certificates",
        zh: "系統信任清單內含 {count} 張憑證"
    }
    no_trust_store() { en: "The system's trust store is empty", zh: "系統信任清單沒有任何憑證" }
    no_trust_store_fix() {
        en: "Install the package ca-certificates, or name the CA in ca_file.",
        zh: "請安裝 ca-certificates 套件，或在 ca_file 指定 CA。"
    }
    from_environment(variable) {
        en: "${variable} comes from this shell's environment: cron and systemd will not have it",
        zh: "${variable} 來自目前 shell 的環境變數：cron 與 systemd 不會有此設定"
    }
    from_environment_fix(key) {
        en: "Put the value where runs find it: {key}, or the environment of the crontab or unit.",
        zh: "請改設於執行時可取得之處：{key}，或 crontab、systemd unit 的環境變數。"
    }

    // What starts the runs.
    started_every(minutes, place) {
        en: "A run starts every {minutes} min ({place})",
        zh: "每 {minutes} 分鐘執行一次（{place}）"
    }
    started_somehow(place) {
        en: "A run is started by {place}; how often could not be read",
        zh: "由 {place} 啟動執行；無法判讀執行間隔"
    }
    started_twice() { en: "Runs are started from several places", zh: "有多處設定會啟動執行" }
    started_twice_fix() {
        en: "Keep one of them. If two runs use one file at the same time, the second exits with 75.",
        zh: "請只保留一處。同一檔案同時執行兩次時，後者會以 75 結束。"
    }
    nothing_starts_it() {
        en: "Nothing was found that starts the runs: no crontab entry of this user, nothing in /etc/cron.d, no timer",
        zh: "找不到啟動執行的設定：此使用者的 crontab、/etc/cron.d 與 timer 均無"
    }
    nothing_starts_it_fix(line) {
        en: "Add to `crontab -e` of this user: {line}",
        zh: "請以此使用者執行 `crontab -e` 並加入：{line}"
    }
    timer_disabled(name) { en: "{name} is installed but not enabled", zh: "{name} 已安裝但尚未啟用" }
    timer_disabled_fix(name) { en: "Run: systemctl enable --now {name}", zh: "請執行：systemctl enable --now {name}" }
    short_windows(interval, ids) {
        en: "The window of these rules is shorter than the {interval} min between runs: {ids}",
        zh: "下列規則的時間範圍短於 {interval} 分鐘的執行間隔：{ids}"
    }
    short_windows_fix(interval) {
        en: "Counts are right, but alerts come up to {interval} min late. Increase threshold_window, or run more often.",
        zh: "計數仍正確，但最多延遲 {interval} 分鐘才通知。請調高 threshold_window，或縮短執行間隔。"
    }
    short_cooldowns(interval, ids) {
        en: "The cooldown of these rules is shorter than the {interval} min between runs and has no effect: {ids}",
        zh: "下列規則的冷卻時間短於 {interval} 分鐘的執行間隔，不會產生作用：{ids}"
    }
    short_cooldowns_fix(interval) {
        en: "Set cooldown_minutes to 0, or to more than {interval}.",
        zh: "請將 cooldown_minutes 設為 0，或大於 {interval}。"
    }
    old_tool(place) {
        en: "The Python tool is still started ({place}): two monitors report everything twice",
        zh: "舊的 Python 工具仍會執行（{place}）：兩套監控會重複通知"
    }
    old_tool_fix(line) { en: "Remove this line: {line}", zh: "請移除此行：{line}" }
    last_run_fix() {
        en: "Run `illumio-monitor run` by hand: it says what fails.",
        zh: "請手動執行 `illumio-monitor run`，查看失敗原因。"
    }
    no_level(rules) {
        en: "No level is set, and so they are told as warnings, though the best practices call them critical: {rules}",
        zh: "未設定等級，因此以「警告」通知，而最佳實踐將其列為「嚴重」：{rules}"
    }
    no_level_fix(ids) {
        en: "To have their mails say CRITICAL: illumio-monitor rules set {ids} level=critical; to keep them as they are: level=warning.",
        zh: "如要在郵件中標示「嚴重」：illumio-monitor rules set {ids} level=critical；維持現狀：level=warning。"
    }
    older_practice(rule) {
        en: "{rule}: counts the blocked traffic of all sources together, so that a noisy one hides the others",
        zh: "{rule}：將所有來源的流量合併計數，單一大量來源可能掩蓋其他來源"
    }
    older_practice_fix() {
        en: "Have it count each source separately: `illumio-monitor rules load-best-practices --replace`, or set \"per\": \"source\".",
        zh: "請改為依來源分別計數：`illumio-monitor rules load-best-practices --replace`，或設定 \"per\": \"source\"。"
    }
    first_run_fix() {
        en: "Run `illumio-monitor run` once by hand.",
        zh: "請先手動執行一次 `illumio-monitor run`。"
    }
}
