//! What is said of pauses: what one holds, what it held back.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    held_back(why, span) { en: "Held back during {why}, {span}", zh: "「{why}」暫停期間（{span}）保留的通知" }
    held_rule(id, name, count, span) { en: "Rule {id} {name}: {count}, {span}", zh: "規則 {id} {name}：{count}，{span}" }
    held_alert(when, who, count) { en: "  {when} {who} ({count})", zh: "  {when} {who}（{count}）" }
    held_alert_alone(when, count) { en: "  {when} ({count})", zh: "  {when}（{count}）" }
    more_held_alerts(count) { en: "  and {count} more alerts", zh: "  另有 {count} 則警示" }
    held_condition(what, span, detail) { en: "{what}, {span}, over: {detail}", zh: "{what}，{span}，已結束：{detail}" }
    held_condition_lasts(what, span, detail) { en: "{what}, {span}: {detail}", zh: "{what}，{span}：{detail}" }
    held_beyond(count) { en: "and {count} matches of other rules", zh: "另有其他規則共 {count} 次符合" }
    held_more(rules, count) {
        en: "and {rules} more rules and conditions, with {count} matches",
        zh: "另有 {rules} 項規則與狀態，共 {count} 次符合"
    }
    held_back_do() {
        en: "Check that all of it belongs to the announced work. What happened outside the pause was reported as usual.",
        zh: "請確認以上均屬預定作業。暫停時段以外發生的事已照常通知。"
    }
    all_paused(until) { en: "All rules paused until {until}", zh: "所有規則暫停至 {until}" }
    all_paused_text(why, by, until) {
        en: "No rule reports what happens before {until}. Reason: {why}{by}. It is counted, and reported when the pause is over.",
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
    until_hint() { en: "06:00 (the next), +8h, +2d, 2026-11-30 (its start), 2026-11-30 06:00", zh: "06:00（下一個）、+8h、+2d、2026-11-30（當天開始）、2026-11-30 06:00" }
    why_label() { en: "Reason", zh: "原因" }
    why_hint() { en: "For example CHG-123; it is shown in the mail.", zh: "例如 CHG-123；會寫入郵件。" }
    which_to_end() { en: "Which one to end (its number; 0 goes back)", zh: "要結束哪一個（輸入編號；0 返回）" }
    end_this(id) { en: "End pause {id} now?", zh: "立即結束暫停 {id}？" }

    // What one holds, in a line.
    pause() { en: "Pause", zh: "暫停" }
    of_all_rules() { en: "all rules", zh: "所有規則" }
    of_rules(ids) { en: "rules {ids}", zh: "規則 {ids}" }
    of_rule(id) { en: "rule {id}", zh: "規則 {id}" }
    of_conditions(names) { en: "conditions: {names}", zh: "狀態：{names}" }
    only(filter) { en: "only {filter}", zh: "僅 {filter}" }
    until(until) { en: "until {until}", zh: "至 {until}" }
    from_until(from, until) { en: "from {from} until {until}", zh: "{from} 至 {until}" }
    weekly(every) { en: "weekly, {every}", zh: "每週重複：{every}" }
    holds() { en: "in effect", zh: "目前生效" }
    holds_now(until) { en: "in effect until {until}", zh: "目前生效，至 {until}" }
    comes() { en: "not started yet", zh: "尚未開始" }
    is_over() { en: "over", zh: "已結束" }
    waits() { en: "waiting for its next time", zh: "等待下一個時段" }
    held_now(count) { en: "{count} held back", zh: "已保留 {count}" }
    line(id, what, when, why, state) { en: "{id}  {what}; {when}; {why}; {state}", zh: "{id}  {what}；{when}；{why}；{state}" }
    no_pauses() { en: "There are no pauses.", zh: "目前沒有暫停。" }
    paused(line) { en: "Paused: {line}", zh: "已暫停：{line}" }
    ended_with_nothing(id) { en: "Pause {id} ends now. It held nothing back.", zh: "暫停 {id} 立即結束，期間沒有保留任何通知。" }
    ended(id, held) {
        en: "Pause {id} ends now. Held back: {held}, reported with the next mail, or in 15 minutes.",
        zh: "暫停 {id} 立即結束。已保留 {held} 次，將隨下一封郵件或於 15 分鐘後通知。"
    }
    removed(id) { en: "Pause {id} had not started, and was removed.", zh: "暫停 {id} 尚未開始，已移除。" }
    was_over(id) { en: "Pause {id} is already over.", zh: "暫停 {id} 已經結束。" }
    no_such(id) { en: "there is no pause {id}; `pause list` lists the pauses", zh: "沒有暫停 {id}；請以 `pause list` 列出" }
    which_pause() { en: "name the pause to end: pause end ID; `pause list` lists the pauses", zh: "請指定要結束的暫停：pause end ID；以 `pause list` 列出" }
    which_rules() {
        en: "name the rules to pause (7, or 1,3-5, or all), or --condition; or: pause list, pause end ID",
        zh: "請指定要暫停的規則（7、1,3-5 或 all）或 --condition；或使用 pause list、pause end ID"
    }
    never_comes(id) {
        en: "pause {id} holds nothing: it ends before its first time comes; `illumio-monitor pause end {id}` takes it away",
        zh: "暫停 {id} 不會保留任何通知：第一個時段開始前就已結束；執行 `illumio-monitor pause end {id}` 可移除"
    }
    holds_none_of(id, rules) {
        en: "pause {id} holds nothing of rule {rules}: what it is narrowed to is of another type of rule",
        zh: "暫停 {id} 不會保留規則 {rules} 的任何通知：其限定條件屬於另一種類型的規則"
    }
    no_end() {
        en: "a pause needs an end: --until 06:00, --until +8h, --until \"2026-11-30 06:00\", or --every \"Sun 02:00-04:00\"",
        zh: "暫停必須有結束時間：--until 06:00、--until +8h、--until \"2026-11-30 06:00\"，或 --every \"Sun 02:00-04:00\""
    }
    no_why() { en: "give a reason: --why CHG-123", zh: "請說明原因：--why CHG-123" }
    bad_time(option, text) {
        en: "{option}: \"{text}\" is not a valid time; write 06:00, +8h, 2026-11-30, \"2026-11-30 06:00\" or 2026-11-30T06:00:00+08:00",
        zh: "{option}：\"{text}\" 不是有效的時間；請寫成 06:00、+8h、2026-11-30、\"2026-11-30 06:00\" 或 2026-11-30T06:00:00+08:00"
    }
    not_a_time(text) {
        en: "\"{text}\" is not a valid time; write 06:00, +8h, 2026-11-30 or 2026-11-30 06:00",
        zh: "\"{text}\" 不是有效的時間；請寫成 06:00、+8h、2026-11-30 或 2026-11-30 06:00"
    }
    past_time(at) { en: "{at} is in the past; give a later time", zh: "{at} 已經過去；請指定較晚的時間" }
    bad_address(option, text) {
        en: "{option}: \"{text}\" is not a valid address or network; write 10.1.1.1, 10.1.0.0/16, or a host's name",
        zh: "{option}：\"{text}\" 不是有效的位址或網段；請寫成 10.1.1.1、10.1.0.0/16 或主機名稱"
    }
    bad_match(text) {
        en: "--match: \"{text}\" is not KEY=VALUE; write a rule's filter key, as --match port=443",
        zh: "--match：\"{text}\" 不是 KEY=VALUE；請寫規則的篩選鍵，例如 --match port=443"
    }
    of_pause(line) { en: "Pause {line}", zh: "暫停 {line}" }
    all_fix(id) { en: "Nothing is reported in the meantime. If that is too long: illumio-monitor pause end {id}.", zh: "期間不會通知任何規則。若暫停過久，請執行 illumio-monitor pause end {id}。" }
    list_alone() { en: "pause list takes no other arguments than --json", zh: "pause list 須單獨使用，或加上 --json" }
    all_alone() { en: "all already includes every rule; do not name others", zh: "all 已包含所有規則，請勿再指定其他規則" }
    other_kind(id, option) {
        en: "{option} is for traffic, and rule {id} is not about traffic; for an event rule, name what is held back with --match, as --match source_ip=10.1.1.1; a workload rule is paused as a whole",
        zh: "{option} 僅適用於流量，而規則 {id} 與流量無關；事件規則請以 --match 指定，例如 --match source_ip=10.1.1.1；workload 規則只能整條暫停"
    }
    is_past(option, at) { en: "{option}: {at} is in the past; give a later time (a date is its begin)", zh: "{option}：{at} 已經過去；請指定較晚的時間（日期表示當天的開始）" }
}
