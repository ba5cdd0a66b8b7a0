//! The menu's settings, and the guide of the first run.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    not_set() { en: "not set", zh: "未設定" }
    pce_is(url, org, key) { en: "{url}, org {org}, key {key}", zh: "{url}，組織 {org}，金鑰 {key}" }
    url() { en: "PCE URL", zh: "PCE 網址" }
    url_hint() { en: "for example https://pce.example.com:8443", zh: "例如 https://pce.example.com:8443" }
    org() { en: "Org id", zh: "組織編號" }
    org_hint() { en: "the number in the console's URLs; on premises mostly 1", zh: "主控台網址中的數字；地端 PCE 通常為 1" }
    key() { en: "API key", zh: "API 金鑰" }
    key_hint() { en: "as the PCE shows it, for example api_1a2b3c4d5e6f", zh: "依 PCE 顯示的內容，例如 api_1a2b3c4d5e6f" }
    secret() { en: "API secret", zh: "API secret" }
    secret_hint() { en: "is not shown while you type", zh: "輸入時不會顯示" }
    secret_set() { en: "set", zh: "已設定" }
    expires() { en: "Key expires on", zh: "金鑰到期日" }
    expires_hint() { en: "for example 2027-01-31; mails remind in time; empty if it never does", zh: "例如 2027-01-31；到期前會寄信提醒；不會到期則留空" }
    mail() { en: "Mail", zh: "郵件" }
    sender() { en: "Sender", zh: "寄件者" }
    sender_hint() { en: "for example illumio-monitor@example.com", zh: "例如 illumio-monitor@example.com" }
    recipients() { en: "Recipients", zh: "收件者" }
    routes(count) {
        en: "; routes: {count} (email.routes in the file)",
        zh: "；路由 {count} 條（設定檔的 email.routes）"
    }
    recipients_hint() { en: "for example soc@example.com; several by commas", zh: "例如 soc@example.com；多位以逗號分隔" }
    verify() { en: "TLS verification", zh: "TLS 憑證驗證" }
    on() { en: "on", zh: "開啟" }
    off() { en: "off", zh: "關閉" }
    verify_on() { en: "TLS verification is on.", zh: "已開啟 TLS 憑證驗證。" }
    verify_off() {
        en: "TLS verification is off: whoever answers at the PCE's address gets the key. A CA file (4) is the better way.",
        zh: "已關閉 TLS 憑證驗證：任何冒用 PCE 位址的主機都能取得金鑰。建議改為設定 CA 檔案（4）。"
    }
    ca_file() { en: "CA file", zh: "CA 檔案" }
    ca_file_hint() {
        en: "PEM: your CA, or the PCE's own certificate, for example /etc/ssl/pce-ca.pem",
        zh: "PEM 格式：貴單位的 CA 或 PCE 本身的憑證，例如 /etc/ssl/pce-ca.pem"
    }
    proxy() { en: "Proxy", zh: "Proxy" }
    proxy_hint() {
        en: "for example http://proxy.example.com:3128; none ignores the environment's",
        zh: "例如 http://proxy.example.com:3128；none 表示忽略環境變數的設定"
    }
    proxy_by_env() { en: "the environment's", zh: "依環境變數" }
    smtp() { en: "Mail server (SMTP)", zh: "郵件伺服器（SMTP）" }
    smtp_is(server, tls) { en: "{server}, TLS {tls}, no login", zh: "{server}，TLS {tls}，不登入" }
    smtp_login_is(server, tls, user) { en: "{server}, TLS {tls}, login {user}", zh: "{server}，TLS {tls}，登入 {user}" }
    host() { en: "Mail server", zh: "郵件伺服器" }
    host_hint() { en: "for example localhost or mail.example.com", zh: "例如 localhost 或 mail.example.com" }
    port() { en: "Port", zh: "連接埠" }
    port_hint() { en: "25 for a relay, 587 with login, 465 with TLS from the first byte", zh: "轉送用 25，登入用 587，全程 TLS 用 465" }
    tls() { en: "TLS", zh: "TLS" }
    tls_opportunistic() { en: "opportunistic: STARTTLS where it is offered, any certificate", zh: "opportunistic：伺服器提供時使用 STARTTLS，不驗證憑證" }
    tls_starttls() { en: "starttls: required and verified", zh: "starttls：必須使用並驗證憑證" }
    tls_implicit() { en: "implicit: from the first byte, verified", zh: "implicit：全程 TLS 並驗證憑證" }
    tls_none() { en: "none", zh: "none：不使用" }
    smtp_ca_hint() { en: "PEM, where the system does not know the server's CA", zh: "PEM 格式，系統不認得伺服器的 CA 時使用" }
    user() { en: "User", zh: "帳號" }
    user_hint() { en: "for the login; Enter leaves it, - means no login", zh: "登入用；按 Enter 維持不變，輸入 - 表示不登入" }
    password() { en: "Password", zh: "密碼" }
    language() { en: "Language", zh: "語言" }
    language_name() { en: "English", zh: "繁體中文" }
    does_not_work() {
        en: "The test failed; nothing has been saved",
        zh: "測試未通過，尚未儲存"
    }
    keep_old() { en: "Keep the old values", zh: "保留原本的設定" }
    save_anyway() { en: "Save all the same", zh: "仍要儲存" }
    type_again() { en: "Type again; Enter keeps what you typed", zh: "重新輸入；按 Enter 保留剛才輸入的值" }
    kept_old() { en: "The old values are kept.", zh: "已保留原本的設定。" }
    saved_untried() {
        en: "Saved though the test failed, since nobody is there to be asked; `illumio-monitor config undo` takes it back.",
        zh: "測試未通過，但因無人可確認，仍已儲存；執行 `illumio-monitor config undo` 可還原。"
    }
    login_again() {
        en: "The mail server refuses the login: user and password once more. Enter keeps what you typed; nothing else is lost.",
        zh: "郵件伺服器拒絕登入：請重新輸入使用者與密碼；按 Enter 維持原輸入，其他設定不受影響。"
    }
    zone() { en: "Time zone", zh: "時區" }
    zone_hint() { en: "for example Asia/Taipei or UTC", zh: "例如 Asia/Taipei 或 UTC" }
    zone_system() { en: "the system's", zh: "依系統" }
    daily() { en: "Daily report", zh: "每日報告" }
    daily_off() { en: "off", zh: "停用" }
    daily_hint() { en: "the local time, for example 08:30, or off", zh: "當地時間，例如 08:30，停用請輸入 off" }
    clock_of(zone, offset, time) {
        en: "Times are in {zone} ({offset}), where it is {time} now; the time zone can be changed in the settings (4) later.",
        zh: "時間以 {zone}（{offset}）為準，該時區現在是 {time}；之後可於系統設定（4）變更時區。"
    }
    clock_at(offset, time) {
        en: "Times are in this host's time zone ({offset}), where it is {time} now; it can be changed in the settings (4) later.",
        zh: "時間以本機時區（{offset}）為準，現在是 {time}；之後可於系統設定（4）變更時區。"
    }
    sender_name() { en: "Sender's name", zh: "寄件者名稱" }
    sender_name_hint() {
        en: "mail programs show it instead of the address; - for none",
        zh: "郵件軟體會顯示此名稱而非地址；不需要請輸入 -"
    }
    name_is_address() {
        en: "this is the name beside the sender's address, and has no @; the recipients are asked for next",
        zh: "此處為寄件者名稱，不含 @；下一題才是收件者"
    }
    site() { en: "Site name", zh: "站台名稱" }
    site_hint() { en: "shown in the subject, for example Taipei DC", zh: "顯示於郵件主旨，例如 Taipei DC" }
    site_host() { en: "the PCE's host", zh: "PCE 主機名稱" }

    guide_title() { en: "Setting up illumio-monitor", zh: "設定 illumio-monitor" }
    guide_welcome(path) {
        en: "There is no config yet; five short steps make one: {path}\nEnter takes what stands in [ ], < goes one question back, ? helps. Each step is saved at its end; Ctrl-C leaves, and the next start goes on.",
        zh: "目前沒有設定檔；只要五個步驟即可建立：{path}\n按 Enter 採用 [ ] 中的值，輸入 < 返回上一題，輸入 ? 查看說明。每個步驟完成後才儲存；按 Ctrl-C 可離開，下次啟動時繼續。"
    }
    guide_go_on() { en: "The setup is not complete yet. Go on with it?", zh: "設定尚未完成，是否繼續？" }
    guide_left() {
        en: "The guide was left; it goes on with the next start, and settings (4) has everything too.",
        zh: "已離開引導；下次啟動時可繼續，也可從系統設定（4）完成。"
    }
    guide_pce() { en: "The PCE and its API key", zh: "PCE 與 API 金鑰" }
    guide_which_key() {
        en: "In the PCE's console add a service account (Access Management, Service Accounts) with the role Global Viewer, allowed from this host's address only, and an API key for it. A role that is limited to labels sees neither events nor health.",
        zh: "請在 PCE 主控台新增服務帳號（Access Management > Service Accounts），角色為 Global Viewer，並限制僅能由本機位址使用，再為其建立 API 金鑰。限定標籤範圍的角色無法讀取事件與健康狀態。"
    }
    guide_again() { en: "Enter it again?", zh: "是否重新輸入？" }
    guide_mail() { en: "Mail", zh: "郵件" }
    guide_mail_how() {
        en: "Who gets the alerts, and which mail server takes them.",
        zh: "警示要寄給誰，以及由哪一台郵件伺服器寄送。"
    }
    guide_other_server(server) { en: "Mail server is {server}. Another one?", zh: "郵件伺服器為 {server}，是否變更？" }
    guide_test_mail() { en: "Send a test mail now?", zh: "是否立即發送測試郵件？" }
    guide_rules() { en: "Rules", zh: "規則" }
    guide_daily() { en: "Daily report", zh: "每日報告" }
    guide_daily_why() {
        en: "A short mail a day: if it stays away, something is wrong with the monitor itself.",
        zh: "每天一封簡短郵件：若沒有收到，表示監控本身出了問題。"
    }
    guide_cron() { en: "Every ten minutes", zh: "每十分鐘執行" }
    guide_cron_line() { en: "Add this line to a crontab:", zh: "請在 crontab 加入下列一行：" }
    guide_cron_add(user) { en: "Add it to the crontab of {user}?", zh: "是否加入 {user} 的 crontab？" }
    guide_cron_added(user) {
        en: "Added to the crontab of {user}; crontab -e shows and changes it.",
        zh: "已加入 {user} 的 crontab；可用 crontab -e 查看或修改。"
    }
    guide_cron_perhaps(place) {
        en: "{place} already runs illumio-monitor, perhaps with this config; two runs would only get in each other's way:",
        zh: "{place} 已設定執行 illumio-monitor，可能使用同一份設定檔；重複執行只會互相等待："
    }
    guide_cron_not_added(why) { en: "The line was not added: {why}", zh: "未能加入：{why}" }
    guide_cron_none_here() {
        en: "This host has no crontab program, so cron is not installed. Use a systemd timer: the packages include illumio-monitor.timer, which systemctl enable --now illumio-monitor.timer turns on. With another scheduler, run this command every ten minutes:",
        zh: "本機沒有 crontab 程式，表示未安裝 cron。請改用 systemd timer：套件內含 illumio-monitor.timer，以 systemctl enable --now illumio-monitor.timer 啟用。若使用其他排程工具，請每十分鐘執行下列指令："
    }
    guide_cron_gone() { en: "crontab accepted the line but does not list it.", zh: "crontab 已接受，但清單中沒有該行。" }
    guide_cron_how(user) {
        en: "To add it yourself, run crontab -e as {user} and paste the line as it is above.",
        zh: "若要自行加入，請以 {user} 執行 crontab -e，並貼上前述一行。"
    }
    guide_cron_refused(user) {
        en: "Ask the administrator of this host to allow crontab for {user}, or to start the command every ten minutes in another way, such as a systemd timer.",
        zh: "請本機管理者允許 {user} 使用 crontab，或以其他方式每十分鐘執行該指令，例如 systemd timer。"
    }
    guide_cron_then() {
        en: "What fails goes to standard error, and cron mails it. That is all; the menu is next, and 7 runs it once right now.",
        zh: "失敗訊息會輸出至標準錯誤，由 cron 寄出。設定完成；接下來是選單，選 7 可立即執行一次。"
    }
    guide_cron_already(place) {
        en: "{place} already runs it; there is nothing to add.",
        zh: "{place} 已設定定期執行，不需另外設定。"
    }
    guide_cron_own_already(line) {
        en: "Line {line} of your crontab already runs it; there is nothing to add.",
        zh: "您的 crontab 第 {line} 行已設定定期執行，不需另外設定。"
    }
}
