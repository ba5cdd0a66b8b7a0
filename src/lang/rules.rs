//! The rules in lists, and what `rules` says.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    // The table.
    col_id() { en: "id", zh: "id" }
    col_on() { en: "on", zh: "啟用" }
    col_level() { en: "level", zh: "等級" }
    col_name() { en: "name", zh: "名稱" }
    col_matches() { en: "matches", zh: "條件" }
    col_alerts() { en: "alerts at", zh: "警示門檻" }
    on() { en: "on", zh: "是" }
    off() { en: "off", zh: "否" }
    invalid() { en: "(not valid)", zh: "（內容不正確）" }
    none() { en: "There are no rules; load the best practices or add one.", zh: "目前沒有規則；可載入最佳實踐或自行新增。" }

    // What a rule matches.
    between() { en: "; ", zh: "；" }
    blocked() { en: "blocked", zh: "已封鎖" }
    potentially_blocked() { en: "potentially blocked", zh: "可能遭封鎖" }
    allowed() { en: "allowed", zh: "已允許" }
    unknown() { en: "decision unknown", zh: "決策不明" }
    any_decision() { en: "any decision", zh: "所有決策" }
    port(list) { en: "port {list}", zh: "連接埠 {list}" }
    proto(number) { en: "protocol {number}", zh: "通訊協定 {number}" }
    from(list) { en: "from {list}", zh: "來源 {list}" }
    to(list) { en: "to {list}", zh: "目的 {list}" }
    not(what) { en: "not {what}", zh: "排除{what}" }
    severity(list) { en: "of severity {list}", zh: "嚴重性 {list}" }
    status(list) { en: "with status {list}", zh: "狀態 {list}" }
    user(list) { en: "by user {list}", zh: "使用者 {list}" }
    source_ip(list) { en: "from {list}", zh: "來源位址 {list}" }
    workload(list) { en: "about workload {list}", zh: "workload {list}" }
    not_user(list) { en: "not by user {list}", zh: "排除使用者 {list}" }
    not_source_ip(list) { en: "not from {list}", zh: "排除來源位址 {list}" }
    not_workload(list) { en: "not about workload {list}", zh: "排除 workload {list}" }
    process(list) { en: "by process {list}", zh: "行程 {list}" }
    not_process(list) { en: "not by process {list}", zh: "排除行程 {list}" }
    not_from(list) { en: "not from {list}", zh: "排除來源 {list}" }
    not_to(list) { en: "not to {list}", zh: "排除目的 {list}" }
    from_list(list) { en: "from IP list {list}", zh: "來源 IP 清單 {list}" }
    to_list(list) { en: "to IP list {list}", zh: "目的 IP 清單 {list}" }
    not_from_list(list) { en: "not from IP list {list}", zh: "排除來源 IP 清單 {list}" }
    not_to_list(list) { en: "not to IP list {list}", zh: "排除目的 IP 清單 {list}" }
    managed() { en: "managed workloads", zh: "受管理的 workload" }
    unmanaged() { en: "what is not managed", zh: "非受管理者" }
    any_event() { en: "any event", zh: "所有事件" }
    label(list) { en: "with label {list}", zh: "標籤 {list}" }
    host(list) { en: "on host {list}", zh: "主機 {list}" }
    os(list) { en: "with system {list}", zh: "作業系統 {list}" }
    not_host(list) { en: "not on host {list}", zh: "排除主機 {list}" }
    changed_at_all(field) { en: "with {field} changed", zh: "{field} 變更" }
    changed_to(field, to) { en: "with {field} changed to {to}", zh: "{field} 變更為 {to}" }
    changed_from(field, from) { en: "with {field} changed from {from}", zh: "{field} 由 {from} 變更" }
    changed_from_to(field, from, to) { en: "with {field} changed from {from} to {to}", zh: "{field} 由 {from} 變更為 {to}" }

    // When it alerts.
    each() { en: "each match", zh: "每筆符合" }
    events(count, window) { en: "{count} in {window} min", zh: "{window} 分鐘 {count} 筆" }
    objects(count, window) { en: "{count} objects in {window} min", zh: "{window} 分鐘 {count} 個物件" }
    connections(count, window) { en: "{count} in {window} min", zh: "{window} 分鐘 {count} 次" }
    different(what, window) { en: "{what} in {window} min", zh: "{window} 分鐘 {what}" }
    per(what) { en: "each {what} by itself", zh: "依{what}分別計數" }
    per_new(what, days) { en: "each {what} not seen for {days} days", zh: "依{what}分別計數，僅限 {days} 天內未出現者" }
    and() { en: " and ", zh: "與" }
    comma() { en: ", ", zh: "，" }
    per_user() { en: "user", zh: "使用者" }
    per_address() { en: "source address", zh: "來源位址" }
    per_workload() { en: "workload", zh: " workload " }
    per_event_type() { en: "event type", zh: "事件類型" }
    per_source() { en: "source", zh: "來源" }
    per_destination() { en: "destination", zh: "目的" }
    per_port() { en: "port", zh: "連接埠" }
    per_source_label(key) { en: "value of the source label {key}", zh: "來源標籤 {key} " }
    per_destination_label(key) { en: "value of the destination label {key}", zh: "目的標籤 {key} " }
    below(amount, window) { en: "fewer than {amount} in {window} min", zh: "{window} 分鐘內少於 {amount}" }
    standing(amount, minutes) { en: "{amount} for {minutes} min", zh: "{amount}持續 {minutes} 分鐘" }
    flows(count, window) { en: "{count} flows in {window} min", zh: "{window} 分鐘 {count} 條流量" }

    // The whole rule as one sentence: of which records …
    sentence(subject, alerts, rest) { en: "{subject}: {alerts}{rest}.", zh: "{subject}：{alerts}{rest}。" }
    all_events() { en: "all events", zh: "所有事件" }
    events_of_type(list) { en: "events of type {list}", zh: "類型為 {list} 的事件" }
    events_with_type(list) { en: "events with {list} in their type", zh: "類型含 {list} 的事件" }
    traffic() { en: "traffic", zh: "流量" }
    traffic_of(proto) { en: "{proto} traffic", zh: " {proto} 流量" }
    all_traffic(traffic) { en: "all {traffic}", zh: "所有{traffic}" }
    decided_traffic(decisions, traffic) { en: "{decisions} {traffic}", zh: "{decisions}的{traffic}" }
    to_port(list) { en: "to port {list}", zh: "連接埠 {list}" }
    with_parts(subject, parts) { en: "{subject} {parts}", zh: "{subject}（{parts}）" }
    beside() { en: ", ", zh: "；" }
    or(list, last) { en: "{list} or {last}", zh: "{list} 或 {last}" }
    as_well_as(list, last) { en: "{list} and {last}", zh: "{list} 與 {last}" }
    comma_in_list() { en: ", ", zh: "、" }
    either(list, last) { en: "{list} or {last}", zh: "{list}或{last}" }
    or_more(list, more, all) { en: "{list} or {more} more", zh: "{list} 等 {all} 個" }
    undecided() { en: "undecided", zh: "決策不明" }
    // … of what each by itself …
    one(what) { en: "one {what}", zh: "同一{what}" }
    one_new(what) { en: "a new {what}", zh: "新的{what}" }
    one_pair(both) { en: "one pair of {both}", zh: "同一組{both}" }
    one_new_pair(both) { en: "a new pair of {both}", zh: "新的{both}組合" }
    by_it(who) { en: "by {who}", zh: "{who}" }
    from_it(who) { en: "from {who}", zh: "{who}" }
    about_it(what) { en: "about {what}", zh: "{what}" }
    of_it(what) { en: "of {what}", zh: "{what}" }
    event_group(phrases, noun) { en: "{phrases}", zh: "{noun}" }
    // … from how many on …
    alerts_on_each_event() { en: "each one alerts at once", zh: "每筆立即發出警示" }
    alerts_on_each_connection() { en: "every new connection alerts at once", zh: "一有新連線立即發出警示" }
    alerts_on_new_event(of) { en: "alerts as soon as there is one {of}", zh: "一出現{of}立即發出警示" }
    alerts_on_new(who) { en: "alerts as soon as {who} turns up", zh: "一出現{who}立即發出警示" }
    alerts_at(what, time) { en: "alerts at {what} within {time}", zh: "{time}內達 {what}時發出警示" }
    alerts_at_of(what, of, time) { en: "alerts at {what} {of} within {time}", zh: "{of}在 {time}內達 {what}時發出警示" }
    alerts_when_has(who, what, time) { en: "alerts when {who} has {what} within {time}", zh: "{who}在 {time}內達 {what}時發出警示" }
    alerts_when_makes(who, what, time) { en: "alerts when {who} makes {what} within {time}", zh: "{who}在 {time}內發起 {what}時發出警示" }
    alerts_when_reaches(who, what, time) { en: "alerts when {who} reaches {what} within {time}", zh: "{who}在 {time}內連往 {what}時發出警示" }
    alerts_when_receives(who, what, time) { en: "alerts when {who} receives {what} within {time}", zh: "{who}在 {time}內收到 {what}時發出警示" }
    alerts_when_reached_by(who, what, time) { en: "alerts when {who} is reached by {what} within {time}", zh: "{who}在 {time}內有 {what}連入時發出警示" }
    alerts_when_reached_on(who, what, time) { en: "alerts when {who} is reached on {what} within {time}", zh: "{who}在 {time}內有 {what}遭連入時發出警示" }
    alerts_when_uses(who, what, time) { en: "alerts when {who} uses {what} within {time}", zh: "{who}在 {time}內使用 {what}時發出警示" }
    alerts_below(what, time) { en: "alerts when there are fewer than {what} within {time}", zh: "{time}內少於 {what}時發出警示" }
    alerts_from(what) { en: "alerts from {what} on", zh: "達 {what}時發出警示" }
    alerts_from_so(what, time) { en: "alerts from {what} on, each so for {time}", zh: "達 {what}且各持續 {time}時發出警示" }
    workloads_that_are(states) { en: "workloads that are {states}", zh: "{states}的 workload" }
    // … and how long it rests then.
    tells_end() { en: "; then reports when it is over", zh: "，結束時通知" }
    reminds(time) { en: "; then reminds after {time}, and reports when it is over", zh: "，之後每 {time}提醒一次，結束時通知" }
    rests(time) { en: "; then rests for {time}", zh: "，之後靜默 {time}" }
    each_rests(time, what) { en: "; then rests for {time} (each {what} by itself)", zh: "，之後靜默 {time}（各{what}分別計算）" }
    each_pair_rests(time) { en: "; then rests for {time} (each pair by itself)", zh: "，之後靜默 {time}（各組分別計算）" }
    new_is(days) { en: "; new is what was not seen for {days}", zh: "；{days}內未出現者視為新的" }
    new_is_and_learns(days, learns) {
        en: "; new is what was not seen for {days}, and for the first {learns} it only learns",
        zh: "；{days}內未出現者視為新的，最初 {learns}僅學習，不發出警示"
    }

    // What was changed.
    added(id, name) { en: "rule {id} added: {name}", zh: "已新增規則 {id}：{name}" }
    replaced(id, name) { en: "rule {id} replaced: {name}", zh: "已取代規則 {id}：{name}" }
    removed(id, name) { en: "rule {id} removed: {name}", zh: "已刪除規則 {id}：{name}" }
    enabled(id, name) { en: "rule {id} is on: {name}", zh: "規則 {id} 已啟用：{name}" }
    disabled(id, name) { en: "rule {id} is off: {name}", zh: "規則 {id} 已停用：{name}" }
    changed(what, before, after) { en: "{what}: {before} → {after}", zh: "{what}：{before} → {after}" }
    nothing_changed() { en: "nothing to change", zh: "沒有需要變更的內容" }
    renumbered(before, after) {
        en: "the id {before} stood twice; one of its rules has the id {after} now",
        zh: "id {before} 重複；其中一條規則的 id 已改為 {after}"
    }

    // The best practices.
    practices_present(count) {
        en: "{count} best practices are here already",
        zh: "已有 {count} 條最佳實踐規則"
    }
    practices_kept(ids) {
        en: "these differ from the best practices and were left as they are (--replace replaces them): {ids}",
        zh: "下列規則與最佳實踐不同，維持原狀（使用 --replace 可取代）：{ids}"
    }
    differs(id, name) { en: "rule {id} differs from the best practice: {name}", zh: "規則 {id} 與最佳實踐不同：{name}" }
    ask_replace(count) {
        en: "Replace what differs ({count})? Ids, notes, what a rule leaves out and whether it is on stay. [y/N] ",
        zh: "是否取代這 {count} 條不同的規則？id、備註、排除條件與啟用狀態將保留。[y/N] "
    }

    // What was learnt.
    learnt_from(what, records) { en: "{what}, from {records} matching records of the archive", zh: "{what}（取自封存中符合的 {records} 筆紀錄）" }
    nothing_learnt() {
        en: "nothing learnt: no record of the archive matches; what the rule knows, and how much longer it learns, is as it was",
        zh: "未學到任何內容：封存中沒有符合的紀錄；規則的已知項目與學習期間維持不變"
    }
    learn_after_run() {
        en: "nothing learnt: the next run reports this by mail and continues from there; learn after that run",
        zh: "未進行學習：下次執行時會以郵件通知上述情況並接續處理，請於該次執行後再學習"
    }
    learns_nothing(id) {
        en: "rule {id} has nothing to learn: it has no new_within_days",
        zh: "規則 {id} 未設定 new_within_days，無須學習"
    }
    no_archive() {
        en: "there is no archive: name its folder by --archive DIR, or set settings.archive_dir",
        zh: "沒有封存可讀取；請以 --archive DIR 指定資料夾，或設定 settings.archive_dir"
    }

    no_such_set(found) {
        en: "there is no set \"{found}\"; write first or security",
        zh: "沒有「{found}」這一組；請填 first 或 security"
    }

    // What is wrong with the command.
    no_such_rule(id) {
        en: "there is no rule {id}; illumio-monitor rules list shows them all",
        zh: "沒有規則 {id}；可用 illumio-monitor rules list 列出所有規則"
    }
    bad_ids(found) {
        en: "\"{found}\" is no rule's id; write for example 12, or several as 1,3-5",
        zh: "「{found}」不是規則 id；例如 12，或以 1,3-5 指定多條"
    }
    no_ids() {
        en: "name at least one rule by its id, for example 12, or several as 1,3-5",
        zh: "請至少指定一條規則的 id，例如 12，或以 1,3-5 指定多條"
    }
    bad_pair(found) {
        en: "\"{found}\" is no key=value; write for example threshold_count=20 (an empty value removes the key)",
        zh: "「{found}」不是 key=value 格式；例如 threshold_count=20（值留空即移除該鍵）"
    }
    no_pairs() {
        en: "nothing to set; write for example: rules set 12 threshold_count=20 level=critical",
        zh: "沒有要設定的內容；例如：rules set 12 threshold_count=20 level=critical"
    }
    id_stays() {
        en: "a rule's id stays, since its counts go by it; to have another id, remove the rule and add it anew",
        zh: "規則的 id 不可變更，計數資料以 id 辨識；如需其他 id，請刪除規則後重新新增"
    }
    no_input() {
        en: "give the rule as JSON: as an argument, in a file, or on standard input, for example: rules add '{{\"type\": \"event\", \"name\": \"Tampering\", \"filter_value\": \"agent.tampering\"}}'",
        zh: "請以 JSON 提供規則：可為參數、檔案或標準輸入，例如：rules add '{{\"type\": \"event\", \"name\": \"VEN 遭竄改\", \"filter_value\": \"agent.tampering\"}}'"
    }
    nothing_to_try() {
        en: "give the rule that is to be tried: its id, or JSON as an argument, in a file, or on standard input, for example: rules try 12 --archive, or rules try '{{\"type\": \"event\", \"name\": \"Tampering\", \"filter_value\": \"agent.tampering\"}}'",
        zh: "請提供要試跑的規則：可為規則 id，或以參數、檔案或標準輸入提供 JSON，例如：rules try 12 --archive，或 rules try '{{\"type\": \"event\", \"name\": \"VEN 遭竄改\", \"filter_value\": \"agent.tampering\"}}'"
    }
    bad_json(source, reason) { en: "{source}: not JSON: {reason}", zh: "{source}：不是 JSON：{reason}" }
    cannot_read(source, reason) { en: "{source}: cannot be read: {reason}", zh: "{source}：無法讀取：{reason}" }
    no_rules_in(source) { en: "{source}: holds no rule", zh: "{source}：沒有任何規則" }
    standard_input() { en: "standard input", zh: "標準輸入" }
    the_argument() { en: "the argument", zh: "參數" }
    told(source, problem) { en: "{source}: {problem}", zh: "{source}：{problem}" }
}
