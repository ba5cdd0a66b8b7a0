//! What is said of pauses: what one holds, what it held back.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    held_back(why, span) { en: "Held back during {why}, {span}", zh: "「{why}」暫停期間（{span}）保留的通知" }
    held_back_by_gone(span) {
        en: "Held back by a pause that is no longer in the config, {span}",
        zh: "已自設定檔移除的暫停所保留的通知（{span}）"
    }
    held_rule(id, name, count, span) { en: "Rule {id} {name}: {count}, {span}", zh: "規則 {id} {name}：{count}，{span}" }
    held_alert(when, who, count) { en: "  {when} {who}: {count}", zh: "  {when} {who}：{count}" }
    held_alert_alone(when, count) { en: "  {when}: {count}", zh: "  {when}：{count}" }
    more_held_alerts(count) { en: "  and {count} more alerts", zh: "  另有 {count} 則警示" }
    held_condition(what, span) { en: "{what}, {span}", zh: "{what}，{span}" }
    held_beyond(rules, count) {
        en: "and {count} matches of {rules} more rules and conditions",
        zh: "另有 {rules} 條規則與狀態，共 {count} 次符合"
    }
    held_back_do() {
        en: "See whether all of it belongs to the work that was announced. What happened outside the pause was told as ever.",
        zh: "請確認以上均屬預定作業。暫停時段以外發生的事已照常通知。"
    }
    all_paused(until) { en: "All rules paused until {until}", zh: "所有規則暫停至 {until}" }
    all_paused_text(why, by, until) {
        en: "No rule tells anything of what happens until {until}. Reason: {why}{by}. It is counted, and told when the pause is over.",
        zh: "{until} 之前發生的事，任何規則都不會通知。原因：{why}{by}。期間照常計數，暫停結束後再一併通知。"
    }
    all_paused_do(id) {
        en: "If that is too long: `illumio-monitor pause end {id}`.",
        zh: "若暫停過久，請執行 `illumio-monitor pause end {id}`。"
    }
    by(name) { en: " (by {name})", zh: "（{name} 設定）" }

    // The menu.
    to_pause() { en: "Pause", zh: "暫停" }
    pauses() { en: "Pauses", zh: "暫停清單" }
    until_label() { en: "Until", zh: "暫停至" }
    until_hint() { en: "06:00 (the next), +8h, +2d, 2026-11-30, 2026-11-30 06:00", zh: "06:00（下一個）、+8h、+2d、2026-11-30、2026-11-30 06:00" }
    why_label() { en: "What for", zh: "原因" }
    why_hint() { en: "For example CHG-123; it stands in the mail.", zh: "例如 CHG-123；會寫入郵件。" }
    which_to_end() { en: "Which one to end (its number; 0 goes back)", zh: "要結束哪一個（輸入編號；0 返回）" }
    end_this(id) { en: "End pause {id} now?", zh: "立即結束暫停 {id}？" }

    // What one holds, in a line.
    pause() { en: "Pause", zh: "暫停" }
    of_all_rules() { en: "all rules", zh: "所有規則" }
    of_rules(ids) { en: "rule {ids}", zh: "規則 {ids}" }
    of_conditions(names) { en: "conditions {names}", zh: "狀態 {names}" }
    only(filter) { en: "only {filter}", zh: "僅 {filter}" }
    until(until) { en: "until {until}", zh: "至 {until}" }
    from_until(from, until) { en: "from {from} until {until}", zh: "{from} 至 {until}" }
    weekly(every) { en: "every {every}", zh: "每週 {every}" }
    holds_now(until) { en: "holds now, until {until}", zh: "目前生效，至 {until}" }
    comes() { en: "to come", zh: "尚未開始" }
    is_over() { en: "over", zh: "已結束" }
    waits() { en: "waits for its next time", zh: "等待下一個時段" }
    held_now(count) { en: "{count} held back", zh: "已保留 {count} 次" }
    line(id, what, when, why, state) { en: "{id}  {what}; {when}; {why}; {state}", zh: "{id}  {what}；{when}；{why}；{state}" }
    no_pauses() { en: "There is no pause.", zh: "沒有任何暫停。" }
    paused(line) { en: "Paused: {line}", zh: "已暫停：{line}" }
    ended(id, held) { en: "Pause {id} ends now; {held} held back, told with the next run", zh: "暫停 {id} 立即結束；已保留 {held} 次，將於下次執行時通知" }
    removed(id) { en: "Pause {id} had not begun, and is removed.", zh: "暫停 {id} 尚未開始，已移除。" }
    was_over(id) { en: "Pause {id} is over already.", zh: "暫停 {id} 早已結束。" }
    no_such(id) { en: "there is no pause {id}; `pause list` names those there are", zh: "沒有暫停 {id}；請以 `pause list` 列出" }
    which_pause() { en: "name the pause to end: pause end ID; `pause list` names them", zh: "請指定要結束的暫停：pause end ID；以 `pause list` 列出" }
    which_rules() {
        en: "name the rules to pause (7, or 1,3-5, or all), or --condition; or: pause list, pause end ID",
        zh: "請指定要暫停的規則（7、1,3-5 或 all）或 --condition；或使用 pause list、pause end ID"
    }
    no_end() {
        en: "a pause needs an end: --until 06:00, --until +8h, --until \"2026-11-30 06:00\", or --every \"Sun 02:00-04:00\"",
        zh: "暫停必須有結束時間：--until 06:00、--until +8h、--until \"2026-11-30 06:00\"，或 --every \"Sun 02:00-04:00\""
    }
    no_why() { en: "say what it is for: --why CHG-123", zh: "請說明原因：--why CHG-123" }
    bad_time(option, text) {
        en: "{option}: \"{text}\" is no time; write 06:00, +8h, 2026-11-30, \"2026-11-30 06:00\" or 2026-11-30T06:00:00+08:00",
        zh: "{option}：\"{text}\" 不是時間；請寫成 06:00、+8h、2026-11-30、\"2026-11-30 06:00\" 或 2026-11-30T06:00:00+08:00"
    }
    is_past(option, at) { en: "{option}: {at} is over already", zh: "{option}：{at} 已過" }
}
