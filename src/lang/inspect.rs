//! What the menu's debug view says.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    intro() {
        en: "What the PCE returns now, and which rule matches. Nothing is mailed or saved.",
        zh: "以下為 PCE 目前回傳的內容，以及各規則是否符合。不會寄信，也不會儲存任何資料。"
    }
    events(shown, read, from, to) {
        en: "Events: the latest {shown} of {read}, {from} to {to}",
        zh: "事件：{from} 至 {to} 共 {read} 筆，列出最新 {shown} 筆"
    }
    flows(shown, read, from, to) {
        en: "Flows: the latest {shown} of {read} rows, {from} to {to}",
        zh: "流量：{from} 至 {to} 共 {read} 列，列出最新 {shown} 列"
    }
    events_near(shown, read, from, to) {
        en: "Events: the closest {shown} of {read}, {from} to {to}",
        zh: "事件：{from} 至 {to} 共 {read} 筆，列出最接近的 {shown} 筆"
    }
    flows_near(shown, read, from, to) {
        en: "Flows: the closest {shown} of {read} rows, {from} to {to}",
        zh: "流量：{from} 至 {to} 共 {read} 列，列出最接近的 {shown} 列"
    }
    no_events(from, to) {
        en: "Events: none from {from} to {to}.",
        zh: "事件：{from} 至 {to} 沒有任何事件。"
    }
    no_flows(from, to) {
        en: "Flows: no row from {from} to {to}.",
        zh: "流量：{from} 至 {to} 沒有任何流量列。"
    }
    decisions(list) {
        en: "Queried, as the enabled rules need: {list}.",
        zh: "依啟用中的規則查詢下列決策：{list}。"
    }
    all_decisions() { en: "Queried: all decisions.", zh: "查詢所有決策。" }
    more_rows(most) {
        en: "The PCE has more; at most {most} rows were queried.",
        zh: "PCE 上還有更多；本次最多查詢 {most} 列。"
    }
    events_failed(reason) { en: "Events could not be read: {reason}", zh: "無法讀取事件：{reason}" }
    flows_failed(reason) { en: "Flows could not be read: {reason}", zh: "無法讀取流量：{reason}" }
    query_silent(members) {
        en: "members of the supercluster did not respond: {members}.",
        zh: "Supercluster 的部分成員沒有回應：{members}。"
    }
    query_too_slow(seconds) {
        en: "the PCE is still computing the query after {seconds} s. Try again when the PCE is less busy.",
        zh: "等候 {seconds} 秒後，PCE 仍在計算查詢。請於 PCE 較空閒時再試。"
    }
    too_long(seconds) {
        en: "reading took longer than {seconds} s. Try again when the PCE is less busy.",
        zh: "讀取超過 {seconds} 秒。請於 PCE 較空閒時再試。"
    }
    unreadable() { en: "(a record that is not JSON, or too large)", zh: "（無法解讀的紀錄：不是 JSON 或過大）" }
    notifications(list) { en: "notifications: {list}", zh: "通知：{list}" }
    by(kind, name) { en: "by {kind} {name}", zh: "來源：{kind} {name}" }
    by_from(by, ip) { en: "{by}, from {ip}", zh: "{by}（{ip}）" }
    objects(list) { en: "on {list}", zh: "對象：{list}" }
    and_more(list, count) { en: "{list} and {count} more", zh: "{list}，另有 {count} 個" }
    connections(count, first) {
        en: "connections {count} in its day, first seen {first}",
        zh: "當日連線 {count} 次，首次出現 {first}"
    }
    connections_only(count) { en: "connections {count} in its day", zh: "當日連線 {count} 次" }
    labels(side, list) { en: "{side} labels: {list}", zh: "{side}標籤：{list}" }
    of_group(group) { en: "group {group}", zh: "屬於「{group}」" }
    adds(what) { en: "adds {what}", zh: "計入 {what}" }
    adds_nothing() { en: "adds nothing, since the record does not contain it", zh: "未計入，紀錄沒有此項資料" }
    group_new() { en: "new", zh: "新出現" }
    group_known(day) { en: "known, last seen {day}", zh: "已知，最後出現 {day}" }
    group_new_but_learns(day) { en: "new, but the rule learns until {day}", zh: "新出現，但規則學習至 {day}" }
    not_learnt() { en: "new, but no run has learned anything yet", zh: "新出現，但尚無任何執行供規則學習" }
    rule(id, name) { en: "{id} {name}", zh: "{id} {name}" }
    missed(rule, reason) { en: "{rule}: {reason}", zh: "{rule}：{reason}" }
    other_types(list) { en: "not the event type of: {list}", zh: "類型不符：{list}" }
    wants(id, value) { en: "{id} ({value})", zh: "{id}（{value}）" }
    comma() { en: ", ", zh: "、" }
    no_event_rule() { en: "(no enabled rule looks at events)", zh: "（沒有啟用中的事件規則）" }
    no_flow_rule() { en: "(no enabled rule looks at flows)", zh: "（沒有啟用中的流量規則）" }
    rules() { en: "The rules, for everything that was read", zh: "各規則於讀取範圍內的結果" }
    off(count) { en: "Disabled rules were not tried: {count}.", zh: "停用中的規則未列入比對：{count} 條。" }
    no_match() { en: "no match", zh: "沒有符合" }
    at_once(matches) { en: "{matches}; it alerts on every match", zh: "符合 {matches}；一有符合即警示" }
    reached(matches, most, window, wanted) {
        en: "{matches}, {most} of them within {window} min: the threshold of {wanted} is reached",
        zh: "符合 {matches}，{window} 分鐘內最多 {most}：達到門檻 {wanted}"
    }
    not_reached(matches, most, window, wanted) {
        en: "{matches}, at most {most} within {window} min; the threshold is {wanted}",
        zh: "符合 {matches}，{window} 分鐘內最多 {most}；門檻為 {wanted}"
    }
    objects_many(count) { en: "objects: {count}", zh: "{count} 個物件" }
    rows(count, total) {
        en: "rows: {count}, connections in their day: {total}",
        zh: "{count} 列，當日連線共 {total} 次"
    }
    at_most(matches, most, window, wanted) {
        en: "{matches}, at most {most} within {window} min; it alerts when there are fewer than {wanted}",
        zh: "符合 {matches}，{window} 分鐘內最多 {most}；少於 {wanted} 時通知"
    }
    rows_below(rows, when) {
        en: "{rows}; it alerts when there are {when}",
        zh: "符合 {rows}；{when}時通知"
    }
    not_looked_at() {
        en: "it checks the state of workloads, not records; illumio-monitor check shows how many are in that state now",
        zh: "此規則檢查 workload 的狀態，而非紀錄；illumio-monitor check 會列出目前符合的數量"
    }
    rows_at_once(rows) {
        en: "{rows}; it alerts on every row that grew since the last run",
        zh: "符合 {rows}；自上次執行後有增加即警示"
    }
    rows_growth(rows, wanted, window) {
        en: "{rows}; the threshold is {wanted} new connections within {window} min",
        zh: "符合 {rows}；門檻為 {window} 分鐘內新增 {wanted} 次連線"
    }
    rows_flows(rows, wanted, window) {
        en: "{rows}; the threshold is {wanted} different flows that grow within {window} min",
        zh: "符合 {rows}；門檻為 {window} 分鐘內有 {wanted} 條不同流量增加"
    }
    rows_different(rows, what, window) {
        en: "{rows}; the threshold is {what}, all different, in flows that grow within {window} min",
        zh: "符合 {rows}；門檻為 {window} 分鐘內有增加的流量涉及相異的 {what}"
    }
    rows_apart(rows, what, window) {
        en: "{rows}; the threshold is {what} in one group, in flows that grow within {window} min",
        zh: "符合 {rows}；門檻為同一組在 {window} 分鐘內有增加的流量達 {what}"
    }
    apart_not_reached(matches, wanted, window) {
        en: "{matches}; the threshold of {wanted} within {window} min is not reached",
        zh: "符合 {matches}；未達 {window} 分鐘內 {wanted} 的門檻"
    }
    apart_reached(matches, groups, wanted, window, worst, most) {
        en: "{matches}; the threshold of {wanted} within {window} min is reached by {groups}, the most by {worst}: {most}",
        zh: "符合 {matches}；{groups}達到 {window} 分鐘內 {wanted} 的門檻，最多者為 {worst}：{most}"
    }
    different_reached(matches, most, wanted, window) {
        en: "{matches}, {most}: the threshold of {wanted} within {window} min is reached",
        zh: "符合 {matches}，共 {most}：達到 {window} 分鐘內 {wanted} 的門檻"
    }
    not_read() { en: "not tried: nothing was read", zh: "未比對：沒有讀到資料" }
    record_raw(number) { en: "Record {number}, as the PCE sent it:", zh: "紀錄 {number}（PCE 回傳原文）：" }
    raw_cut(bytes) { en: "… ({bytes} bytes more)", zh: "…（另有 {bytes} 位元組）" }
}
