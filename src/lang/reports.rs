//! What mails say beside alerts: how a condition ended, what is about to expire, a
//! time without a run, the daily report, what is attached.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    // A condition's end, and the mail that told its begin.
    was_and(was, caught_up) { en: "{was}; {caught_up}.", zh: "{was}；{caught_up}。" }
    nothing_to_catch_up() { en: "no event had been missed", zh: "期間沒有遺漏事件" }
    closes() { en: "Closes the mail", zh: "對應先前郵件" }
    first_told() { en: "First reported in", zh: "首次通知" }
    mail_of(subject, at) { en: "“{subject}” of {at}", zh: "「{subject}」（{at}）" }

    // What is about to expire.
    key() { en: "API key", zh: "API 金鑰" }
    certificate() { en: "PCE certificate", zh: "PCE 憑證" }
    expires() { en: "Expires", zh: "到期時間" }
    expires_in(what, days) { en: "{what} expires in {days} days", zh: "{what}將於 {days} 天後到期" }
    expires_tomorrow(what) { en: "{what} expires tomorrow", zh: "{what}明天到期" }
    expires_today(what) { en: "{what} expires today", zh: "{what}今天到期" }
    has_expired(what) { en: "{what} has expired", zh: "{what}已到期" }
    about_to_expire(what) { en: "{what} is about to expire", zh: "{what}即將到期" }
    renewed(what) { en: "{what} renewed", zh: "{what}已更新" }
    key_means() {
        en: "From then on the PCE refuses the key, and nothing is monitored.",
        zh: "到期後 PCE 會拒絕此金鑰，屆時無法監控。"
    }
    key_do() {
        en: "Create a new key in the PCE's console, put it, its secret and the new api.key_expires into the config, then run `illumio-monitor run`.",
        zh: "請在 PCE 主控台建立新金鑰，將金鑰、secret 與新的 api.key_expires 寫入設定檔，再執行 `illumio-monitor run`。"
    }
    certificate_means() {
        en: "From then on no connection to the PCE is trusted: not this monitor's, nor the VENs' and the browsers'.",
        zh: "到期後將無法信任與 PCE 的連線：本監控程式、VEN 與瀏覽器都會受影響。"
    }
    certificate_do() {
        en: "Have the PCE's web certificate renewed and installed on every core node. If the CA changes too, add the new one to api.ca_file first.",
        zh: "請更新 PCE 的 Web 憑證，並安裝到每個 core 節點。若 CA 一併更換，請先將新的 CA 加入 api.ca_file。"
    }
    renewed_means() {
        en: "What was about to expire has been replaced by one with a later expiry.",
        zh: "即將到期者已換成效期較長的。"
    }
    renewed_do() { en: "Nothing.", zh: "不需處理。" }

    // The daily report.
    daily() { en: "Daily report", zh: "每日報告" }
    daily_figures(runs, failed, alerts) {
        en: "{runs}, {failed}, {alerts}",
        zh: "{runs}，{failed}，{alerts}"
    }
    nothing_active() { en: "No active conditions", zh: "目前沒有異常" }
    active_since(at, time) { en: "since {at}, for {time}", zh: "自 {at} 起，已持續 {time}" }
    failed_none() { en: "none failed", zh: "無失敗" }
    failed_some(count) { en: "{count} failed", zh: "失敗 {count} 次" }
    alerts_none() { en: "no alerts", zh: "無警示" }
    silence(due) {
        en: "This report comes once a day, with the first run after {due}. If it is missing, the monitor, its host or the mail on its way has failed.",
        zh: "本報告每天寄送一次，於 {due} 之後的第一次執行時寄出。若未收到，表示監控程式、主機或郵件傳送發生問題。"
    }
    daily_do() {
        en: "See below what failed or is waiting; on the host, `illumio-monitor run` gives the reason.",
        zh: "請查看下列失敗或等待中的項目；在主機上執行 `illumio-monitor run` 可得知原因。"
    }
    figures() { en: "Figures", zh: "統計" }
    runs() { en: "Runs", zh: "執行次數" }
    longest_gap() { en: "Longest time without a run", zh: "最長未執行時間" }
    events() { en: "New events", zh: "新增事件" }
    traffic() { en: "Rows of traffic read", zh: "讀取流量列數" }
    complete_to(at) { en: "complete up to {at}", zh: "完整至 {at}" }
    alerts() { en: "Alerts", zh: "警示" }
    of_rules(told, rules) { en: "from {told} of {rules} rules", zh: "來自 {rules} 條規則中的 {told} 條" }
    no_rules() {
        en: "no rule is enabled, so nothing can alert",
        zh: "沒有啟用任何規則，因此不會產生警示"
    }
    mails() { en: "Mails delivered", zh: "已寄出郵件" }
    waiting() { en: "Mails waiting", zh: "等待寄出的郵件" }
    oldest(at) { en: "the oldest of {at}", zh: "最早產生於 {at}" }
    top_rules() { en: "Top rules, by alerts", zh: "警示最多的規則" }

    // What is attached.
    attached(name, count) {
        en: "Attached: {name}, the records that matched in this run ({count}).",
        zh: "附件：{name}，本次執行符合規則的紀錄（{count} 筆）。"
    }
    attached_cut(name, count, left_out) {
        en: "Attached: {name}, the first {count} of the records that matched in this run; {left_out} more were left out to keep it within 1 MB.",
        zh: "附件：{name}，本次執行符合規則的前 {count} 筆紀錄；為控制在 1 MB 以內，另有 {left_out} 筆未附上。"
    }
    attached_none(left_out) {
        en: "Nothing is attached: the first of {left_out} records that matched is already larger than 1 MB.",
        zh: "未附加紀錄檔：符合規則的 {left_out} 筆紀錄中，第一筆即超過 1 MB。"
    }

    learning() { en: "Rules that are learning", zh: "學習中的規則" }
    learns(days, known) { en: "learning, {days} to go, {known}", zh: "學習中，還需 {days}，{known}" }
    learnt(known) { en: "has learnt, {known}", zh: "學習完成，{known}" }
    new_today(names) { en: "new: {names}", zh: "新出現：{names}" }
}
