//! What `why` says.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    one_id(given) {
        en: "{given} is not a rule's id: give one number, as shown by rules list.",
        zh: "{given} 不是規則 id：請輸入一個數字，如 rules list 所列。"
    }
    at_or_event() {
        en: "--at looks at a time and --event at one event: give one of them.",
        zh: "--at 查看某個時間，--event 查看單一事件，請擇一使用。"
    }
    bad_time(given) {
        en: "{given} is not a time in the past: 02:10 (the last one), 2026-11-29, 2026-11-29 02:10 or 2026-11-29T02:10:00Z.",
        zh: "{given} 不是已過去的時間：請用 02:10（最近一次）、2026-11-29、2026-11-29 02:10 或 2026-11-29T02:10:00Z。"
    }
    no_event_rule(rule) {
        en: "{rule} does not look at events: leave --event out.",
        zh: "{rule} 並非事件規則：請拿掉 --event。"
    }
    no_such_event(href) {
        en: "The PCE has no event {href}: give the href as its raw record has it, /orgs/1/events/….",
        zh: "PCE 上沒有事件 {href}：請使用原始紀錄中的 href，即 /orgs/1/events/…。"
    }
    is_off() { en: "It is off: nothing is counted for it.", zh: "規則已停用：不會為它計數。" }
    never_ran() { en: "No run has evaluated this rule yet.", zh: "尚無任何一輪執行過此規則。" }
    as_of(at) { en: "As the run that ended at {at} left it:", zh: "依 {at} 結束的那一輪：" }
    looks_since(at) { en: "it has been looking since {at}", zh: "自 {at} 起開始檢查" }
    all() { en: "all", zh: "全部" }
    counted(count, wanted, since) { en: "{count} of {wanted} since {since}", zh: "自 {since} 起 {count}／{wanted}" }
    counted_at_once(count, since) { en: "{count} unreported since {since}", zh: "自 {since} 起 {count} 未通知" }
    nothing(wanted) { en: "0 of {wanted}", zh: "0／{wanted}" }
    nothing_untold() { en: "everything counted has been reported", zh: "沒有尚未通知的紀錄" }
    silent(until) { en: "silent until {until} (cooldown)", zh: "靜默至 {until}（冷卻時間）" }
    paused(until, id, why) { en: "paused until {until} (pause {id}: {why})", zh: "暫停至 {until}（暫停 {id}：{why}）" }
    paused_in_part(until, id, why, only) {
        en: "paused until {until} (pause {id}: {why}), only {only}",
        zh: "暫停至 {until}（暫停 {id}：{why}），僅 {only}"
    }
    alerted(at) { en: "last alerted {at}", zh: "上次警示 {at}" }
    no_alert() { en: "no alert that it remembers", zh: "沒有尚記得的警示" }
    in_group(name, parts) { en: "{name}: {parts}", zh: "{name}：{parts}" }
    more_groups(count) { en: "and {count} more", zh: "另有 {count} 組" }
    no_groups() { en: "It counts nothing now, and is not silent.", zh: "目前沒有計數，也未處於靜默。" }
    below(came, wanted, window) { en: "{came} of {wanted} wanted in the last {window}", zh: "最近 {window}內 {came}／所需 {wanted}" }
    below_unknown(since) {
        en: "everything has been counted only since {since}, which is shorter than its window, so nothing is reported yet",
        zh: "自 {since} 起才完整計數，尚未滿其時間範圍，因此還不下結論"
    }
    holds_since(at) { en: "its condition holds since {at}", zh: "其狀態自 {at} 起持續" }
    holds_not() { en: "its condition does not hold", zh: "其狀態目前未持續" }
    workloads(count) { en: "workloads that it remembers in that state, or recently in it: {count}", zh: "記得的 workload（目前或近期處於該狀態）：{count} 個" }
    events_head(matching, read, from, to) {
        en: "Events {from} to {to}: {matching} of {read} match. Those that match, and those that come close:",
        zh: "{from} 至 {to} 的事件：{read} 筆中 {matching} 筆符合。以下為符合者及最接近者："
    }
    flows_head(matching, read, from, to) {
        en: "Traffic {from} to {to}: {matching} of {read} rows match. Those that match, and those that come close:",
        zh: "{from} 至 {to} 的流量：{read} 列中 {matching} 列符合。以下為符合者及最接近者："
    }
    no_such_events(read, from, to) {
        en: "Events {from} to {to}: none of {read} is of the rule's event type.",
        zh: "{from} 至 {to} 的事件：{read} 筆皆非此規則所要求的類型。"
    }
    no_records(from, to) { en: "The PCE has no record {from} to {to}.", zh: "PCE 在 {from} 至 {to} 沒有任何紀錄。" }
    not_read(reason) { en: "The PCE could not be read: {reason}", zh: "無法讀取 PCE：{reason}" }
    workloads_elsewhere(id) {
        en: "To see the state of workloads now: illumio-monitor rules try {id}",
        zh: "workload 目前的狀態請用：illumio-monitor rules try {id}"
    }
}
