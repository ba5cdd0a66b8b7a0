//! What is said of conditions that rules make: how workloads are, what does not come.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Lang, mail, texts};

texts! {
    // The states of workloads.
    offline() { en: "offline", zh: "離線" }
    unhealthy() { en: "unhealthy", zh: "健康狀態異常" }
    suspended() { en: "suspended", zh: "已暫停" }
    policy_error() { en: "in policy error", zh: "政策套用錯誤" }
    not_enforced() { en: "not enforced", zh: "未強制執行政策" }
    or(one, other) { en: "{one} or {other}", zh: "{one}或{other}" }

    // How it is with them.
    one_is(managed, state) {
        en: "1 of {managed} managed workloads is {state}.",
        zh: "{managed} 個受管理的 workload 中有 1 個{state}。"
    }
    some_are(count, managed, state) {
        en: "{count} of {managed} managed workloads are {state}.",
        zh: "{managed} 個受管理的 workload 中有 {count} 個{state}。"
    }
    all_are_back(over, total, longest) {
        en: "{over} of {total} back, the longest after {longest}.",
        zh: "{total} 個中已有 {over} 個恢復，最久歷時 {longest}。"
    }
    fewer_are(left, state, wanted) {
        en: "Still {state}: {left}, and the rule alerts at {wanted} or more.",
        zh: "仍有 {left} 個{state}，未達規則設定的 {wanted} 個。"
    }
    gone(count) {
        en: "No longer on the PCE's list, or no longer what the rule asks about: {count}.",
        zh: "已不在 PCE 清單中，或已不符合規則條件：{count} 個。"
    }
    beyond(count) {
        en: "{count} more, beyond the number that can be remembered.",
        zh: "另有 {count} 個超出可記錄的數量。"
    }

    // The mail.
    with_count(name, count) { en: "{name} ({count})", zh: "{name}（{count}）" }
    with_more(name, more, count) { en: "{name} (+{more}, {count} in all)", zh: "{name}（新增 {more}，共 {count}）" }
    still(name, count) { en: "{name}: still {count}", zh: "{name}：仍有 {count}" }
    over(name) { en: "{name}: over", zh: "{name}：已結束" }
    workloads() { en: "Workloads", zh: "workload" }
    new_ones() { en: "New", zh: "新增" }
    told_before() { en: "Reported before", zh: "先前已通知" }
    still_so() { en: "Still so", zh: "仍未恢復" }
    back() { en: "Back", zh: "已恢復" }
    since(at) { en: "since {at}", zh: "自 {at}" }
    lasted(time) { en: "for {time}", zh: "歷時 {time}" }
    heartbeat(at) { en: "last heartbeat {at}", zh: "最後心跳 {at}" }
    no_heartbeat() { en: "last heartbeat not known", zh: "最後心跳時間不明" }
    not_said() { en: "not reported by the PCE at present", zh: "PCE 目前未提供狀態" }
    workloads_mean() {
        en: "According to the PCE's list of workloads. What the list leaves open is not judged.",
        zh: "依據 PCE 的 workload 清單。清單未提供的狀態不予判斷。"
    }
    workloads_do() {
        en: "See on each host whether it runs and reaches the PCE, and on its page in the PCE's console what its VEN says.",
        zh: "請確認各主機是否運作並可連線至 PCE，並在 PCE 主控台的 workload 頁面查看 VEN 的訊息。"
    }
    look_at_pce() {
        en: "So many workloads at once: look at the PCE first.",
        zh: "同時有大量 workload 發生：請先檢查 PCE。"
    }
    look_at_pce_do() {
        en: "Look at the PCE's health, its load balancer and the network before it: when many VENs are affected at once, the cause is usually something that they share.",
        zh: "請先檢查 PCE 健康狀態、負載平衡器與前端網路：大量 VEN 同時受影響時，通常是共同環節的問題，而非個別主機。"
    }
    is_over_do() { en: "Nothing.", zh: "不需處理。" }

    // The list of workloads.
    workloads_complete(managed) {
        en: "Workloads: complete list read, {managed} managed.",
        zh: "workload：已讀取完整清單，受管理 {managed} 個。"
    }
    workloads_incomplete(reason, position) {
        en: "The list of workloads could not be read completely: {reason} It was last complete at {position}; the next run reads it again.",
        zh: "workload 清單未能完整讀取：{reason}上次完整讀取於 {position}，下次執行時會重新讀取。"
    }
    workloads_full() {
        en: "More workloads are in the states named by the rules than can be remembered; beyond that, only their number is reported. Narrow the rules of type workload.",
        zh: "處於規則所列狀態的 workload 超過可記錄的數量，超出部分僅通知數量。請縮小 workload 類型規則的範圍。"
    }
    job_failed(word) {
        en: "the PCE gave up the job that puts the list together (\"{word}\").",
        zh: "PCE 放棄了產生清單的工作（「{word}」）。"
    }
    job_too_slow(seconds) {
        en: "the PCE's job that puts the list together took longer than {seconds} s (api.query_timeout_seconds).",
        zh: "PCE 產生清單的工作超過 {seconds} 秒（api.query_timeout_seconds）。"
    }
    list_cut(rows) {
        en: "{rows} came, as many as the PCE returns at once, and it does not run the request as a job, so there may be more.",
        zh: "取得 {rows} 個，已達 PCE 單次上限，且 PCE 未將請求轉為背景工作，因此可能還有更多。"
    }
    list_unreadable(rows) {
        en: "{rows} of its records can't be read as workloads.",
        zh: "其中 {rows} 筆紀錄無法辨識為 workload。"
    }

    // What does not come.
    too_few(name, came, wanted) { en: "{name}: {came} of {wanted}", zh: "{name}：{came}／{wanted}" }
    still_too_few(name) { en: "{name}: still too few", zh: "{name}：仍不足" }
    enough_again(name) { en: "{name}: enough again", zh: "{name}：已恢復" }
    fewer_came(came, window, until, wanted) {
        en: "{came} in the {window} up to {until}; the rule wants {wanted} at least.",
        zh: "截至 {until} 的 {window}內只有 {came}，規則要求至少 {wanted}。"
    }
    enough_came(came, window, wanted) {
        en: "{came} in {window}; the rule wants {wanted} at least.",
        zh: "{window}內有 {came}，已達規則要求的 {wanted}。"
    }
    last_one() { en: "Last one", zh: "最後一筆" }
    record_of(at) { en: "Last record, {at}", zh: "最後一筆紀錄（{at}）" }
    none_since(at) { en: "none since {at}", zh: "自 {at} 起沒有" }
    below_means() {
        en: "Something that should occur regularly occurs too rarely, or not at all.",
        zh: "應定期出現的紀錄過少，或完全沒有。"
    }
    below_do() {
        en: "Check that whatever produces these records still runs: the job, the host, its connection to the PCE. If they are no longer expected, disable the rule.",
        zh: "請確認產生這些紀錄的排程、主機及其與 PCE 的連線是否正常。若不再需要，請停用此規則。"
    }
}

/// `2 h 10 min`.
pub fn time(lang: Lang, minutes: u32) -> String {
    let (days, hours, rest) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    let mut parts = Vec::new();
    if days > 0 {
        parts.push(mail::days(lang, days));
    }
    if hours > 0 {
        parts.push(mail::hours(lang, hours));
    }
    if rest > 0 && days == 0 {
        parts.push(mail::minutes(lang, rest));
    }
    if parts.is_empty() {
        parts.push(mail::under_a_minute(lang));
    }
    parts.join(" ")
}
