//! What a mail says.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use crate::lang::texts;

texts! {
    // Levels.
    critical() { en: "CRITICAL", zh: "嚴重" }
    warning() { en: "WARNING", zh: "警告" }
    info() { en: "INFO", zh: "資訊" }
    resolved() { en: "RESOLVED", zh: "已恢復" }
    notice() { en: "NOTICE", zh: "通知" }

    // How many of each.
    critical_ones(count) { en: "{count} critical", zh: "{count} 項嚴重" }
    info_ones(count) { en: "{count} info", zh: "{count} 項資訊" }
    resolved_ones(count) { en: "{count} resolved", zh: "{count} 項已恢復" }

    // Subject, headline, preview.
    named(what, names) { en: "{what}: {names}", zh: "{what}：{names}" }
    counted(name, count) { en: "{name} ({count})", zh: "{name}（{count}）" }
    critical_subject(what) { en: "CRITICAL: {what}", zh: "CRITICAL：{what}" }
    test_mail() { en: "Test mail", zh: "測試郵件" }
    test_body(site) {
        en: "Mail from the monitor of {site} arrives. This is a test: nothing happened, and there is nothing to do.",
        zh: "{site} 的監控郵件可以正常送達。這是測試郵件，並未發生任何狀況，不需處理。"
    }
    nothing() { en: "Nothing to report", zh: "沒有需要回報的事項" }
    label(name) { en: "{name}: ", zh: "{name}：" }

    // The frame.
    summary() { en: "Summary", zh: "摘要" }
    col_level() { en: "Level", zh: "等級" }
    col_rule() { en: "Rule or condition", zh: "規則或狀態" }
    col_count() { en: "Count", zh: "數量" }
    pce(url, org) { en: "PCE {url} · org {org}", zh: "PCE {url} · 組織 {org}" }
    made(at) { en: "Created {at}", zh: "產生時間 {at}" }
    made_by(version) { en: "illumio-monitor {version}", zh: "illumio-monitor {version}" }

    // An alert.
    at_least(what) { en: "at least {what}", zh: "至少 {what}" }
    others_or_more(first, count) { en: "{first} +{count} or more", zh: "{first} +{count} 以上" }
    at_least_short(count) { en: "≥ {count}", zh: "≥ {count}" }
    within(what, time) { en: "{what} in {time}", zh: "{time}內 {what}" }
    against_count(what, count, time) {
        en: "{what} (threshold {count} in {time})",
        zh: "{what}（門檻：{time}內 {count}）"
    }
    against_immediate(what) { en: "{what} (every match alerts)", zh: "{what}（每筆符合即警示）" }
    in_one_go() { en: "When", zh: "發生時間" }
    in_one_go_since(what, by, since) {
        en: "{what} reported in one go at {by}; may have happened at any time since {since}. Counted as if all came in the ten minutes before {by}, so that no burst is missed",
        zh: "其中 {what}是在 {by} 一次回報的，實際可能發生在 {since} 之後的任何時間；為避免漏掉突增，計數時視為全部發生在 {by} 之前的十分鐘內"
    }
    exactness() { en: "Exactness", zh: "時間精度" }
    in_doubt(span, window) {
        en: "Times are known to within {span} only, since counts were merged to save memory: it may be that no {window} held the threshold. Reported all the same, so that no burst is missed",
        zh: "為節省記憶體，計數已合併，時間只精確到 {span}；實際上可能沒有任何 {window}內達到門檻。為避免漏掉突增，仍發出警示"
    }
    rule_id(id) { en: "Rule {id}", zh: "規則 {id}" }
    rule_waits_for(id, what) { en: "Rule {id} · {what}", zh: "規則 {id} · {what}" }
    each_match() { en: "alerts on every match", zh: "每筆符合即警示" }
    threshold(what, time) { en: "threshold {what} in {time}", zh: "門檻：{time}內 {what}" }
    threshold_below(what, time) { en: "threshold fewer than {what} in {time}", zh: "門檻：{time}內少於 {what}" }
    threshold_from(what) { en: "threshold {what}", zh: "門檻：{what}" }
    threshold_standing(what, time) { en: "threshold {what} for {time}", zh: "門檻：{what}持續 {time}" }
    to_pause() { en: "Pause", zh: "暫停" }
    to_change() { en: "Change", zh: "變更" }
    again_at_once() { en: "next alert as soon as it happens again", zh: "再次發生時立即警示" }
    again_from(at) { en: "next alert no earlier than {at}", zh: "最早於 {at} 再次警示" }
    again_each_from(at) { en: "the same ones alert again no earlier than {at}", zh: "相同對象最早於 {at} 再次警示" }
    rule() { en: "Rule", zh: "規則" }
    first_seen() { en: "First seen", zh: "首次出現" }
    last_seen() { en: "Last seen", zh: "最後出現" }
    seen() { en: "Seen", zh: "出現時間" }
    meaning() { en: "Meaning", zh: "說明" }
    advice() { en: "What to do", zh: "建議處理" }
    sources() { en: "Source of the event", zh: "事件來源" }
    objects() { en: "Workloads and agents", zh: "相關 workload 與 agent" }
    talkers() { en: "Top Talkers, by connections", zh: "Top Talkers（依連線次數）" }
    busiest_sources() { en: "Busiest sources", zh: "連線次數最多的來源" }
    busiest_destinations() { en: "Busiest destinations", zh: "連線次數最多的目的地" }
    busiest_ports() { en: "Busiest ports", zh: "連線次數最多的連接埠" }
    changes() { en: "What changed", zh: "變更內容" }
    created() { en: "created", zh: "新增" }
    updated() { en: "updated", zh: "修改" }
    deleted() { en: "deleted", zh: "刪除" }
    inbound() { en: "inbound", zh: "連入" }
    outbound() { en: "outbound", zh: "連出" }
    process(name) { en: "process {name}", zh: "行程 {name}" }
    no_port() { en: "(no port)", zh: "（無連接埠）" }
    technique() { en: "MITRE ATT&CK", zh: "MITRE ATT&CK" }
    of_group(group, what) { en: "{group}: {what}", zh: "{group}：{what}" }
    groups() { en: "Each by itself", zh: "個別情形" }
    groups_gone(count) {
        en: "{count} with the lowest counts were dropped to save memory",
        zh: "因記憶體上限，已捨棄數量最少的 {count} 組"
    }
    and_more(count) { en: "and {count} more", zh: "另有 {count} 項" }
    and_more_at_least(count) {
        en: "and some {count} more; counts here are lower bounds",
        zh: "另約有 {count} 項；此處數量僅為下限"
    }
    status(word) { en: "status {word}", zh: "狀態 {word}" }
    severity(word) { en: "PCE severity {word}", zh: "PCE 嚴重性 {word}" }
    no_event_type() { en: "(no event type)", zh: "（無事件類型）" }
    no_address() { en: "(no address)", zh: "（無位址）" }
    kind_user() { en: "user", zh: "使用者" }
    kind_agent() { en: "agent", zh: "agent" }
    kind_ven() { en: "VEN", zh: "VEN" }
    kind_system() { en: "system", zh: "系統" }
    kind_cluster() { en: "container cluster", zh: "容器叢集" }
    blocked() { en: "blocked", zh: "已封鎖" }
    potentially_blocked() { en: "potentially blocked", zh: "可能遭封鎖" }
    allowed() { en: "allowed", zh: "已允許" }
    unknown_decision() { en: "decision unknown", zh: "決策不明" }
    proto(number) { en: "protocol {number}", zh: "通訊協定 {number}" }
    timeline() { en: "Timeline", zh: "時間分布" }
    timeline_note(step, most, at) {
        en: "one bar = {step}; highest {most} at {at}",
        zh: "每格 {step}；最高 {most}，於 {at}"
    }
    snapshot() { en: "Raw snapshot, as the PCE sent it", zh: "原始紀錄（PCE 回傳內容）" }
    records_below() { en: "Raw snapshot: below, under this alert's name", zh: "原始紀錄：列於本郵件下方，此警示名稱之下" }
    back_up() { en: "Back to the details", zh: "回到詳細內容" }
    record_at(number, at) { en: "Record {number} · {at}", zh: "紀錄 {number} · {at}" }
    counted_of(counted) {
        en: "{counted} counted in this alert; num_connections is the record's own total.",
        zh: "本警示計入 {counted}；num_connections 為該筆紀錄本身的累計。"
    }
    counted_of_total(counted, total) {
        en: "{counted} counted in this alert, of num_connections {total}, the record's own total.",
        zh: "本警示計入 {counted}；num_connections {total} 為該筆紀錄本身的累計。"
    }
    record_cut() { en: "The record was longer and was cut when it was read.", zh: "紀錄過長，讀取時已截斷。" }

    // What was left out.
    characters_more(count) { en: "… ({count} characters more)", zh: "…（另有 {count} 個字元）" }
    left_out(what) {
        en: "To keep this mail small, left out: {what}.",
        zh: "為控制郵件大小，已省略：{what}。"
    }
    left_out_details() { en: "lists, timeline", zh: "各項清單、時間分布" }
    left_out_lists() { en: "further lists", zh: "其餘清單" }
    left_out_handle() { en: "the commands for the rule", zh: "變更規則的命令" }
    left_out_snapshot() { en: "the raw snapshot", zh: "原始紀錄" }
    left_out_record() { en: "the second raw record", zh: "第二筆原始紀錄" }
    notices_left_out(count) {
        en: "{count} more notices are left out, to keep this mail small.",
        zh: "為控制郵件大小，另有 {count} 則通知未列出。"
    }
    only_in_summary(count) {
        en: "{count} more are listed in the summary only, to keep this mail small.",
        zh: "為控制郵件大小，另有 {count} 項僅列於摘要。"
    }
    not_listed(count, matches) {
        en: "and {count} more, with {matches} matches, not listed to keep this mail small",
        zh: "另有 {count} 項，共 {matches} 筆，為控制郵件大小未列出"
    }

    // Times.
    since() { en: "Since", zh: "開始時間" }
    period() { en: "Period", zh: "期間" }
    lasting_since(at, time) { en: "{at}, for {time}", zh: "{at}，已持續 {time}" }
    under_a_minute() { en: "less than a minute", zh: "1 分鐘以內" }
    minutes(count) { en: "{count} min", zh: "{count} 分鐘" }
    hours(count) { en: "{count} h", zh: "{count} 小時" }
    days(count) { en: "{count} d", zh: "{count} 天" }
    said() { en: "Details", zh: "詳細訊息" }
}
