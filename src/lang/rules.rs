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
    severity(list) { en: "severity {list}", zh: "嚴重性 {list}" }
    status(list) { en: "status {list}", zh: "狀態 {list}" }
    user(list) { en: "user {list}", zh: "使用者 {list}" }
    source_ip(list) { en: "from {list}", zh: "來源位址 {list}" }
    workload(list) { en: "workload {list}", zh: "workload {list}" }
    not_user(list) { en: "not user {list}", zh: "排除使用者 {list}" }
    not_source_ip(list) { en: "not from {list}", zh: "排除來源位址 {list}" }
    not_workload(list) { en: "not workload {list}", zh: "排除 workload {list}" }
    process(list) { en: "process {list}", zh: "行程 {list}" }
    not_process(list) { en: "not process {list}", zh: "排除行程 {list}" }
    not_from(list) { en: "not from {list}", zh: "排除來源 {list}" }
    not_to(list) { en: "not to {list}", zh: "排除目的 {list}" }
    from_list(list) { en: "from IP list {list}", zh: "來源 IP 清單 {list}" }
    to_list(list) { en: "to IP list {list}", zh: "目的 IP 清單 {list}" }
    not_from_list(list) { en: "not from IP list {list}", zh: "排除來源 IP 清單 {list}" }
    not_to_list(list) { en: "not to IP list {list}", zh: "排除目的 IP 清單 {list}" }
    managed() { en: "managed workloads", zh: "受管理的 workload" }
    unmanaged() { en: "what is not managed", zh: "非受管理者" }
    any_event() { en: "any event", zh: "所有事件" }
    changed_field(field, from, to) { en: "{field}: {from} → {to}", zh: "{field}：{from} → {to}" }
    label(list) { en: "label {list}", zh: "標籤 {list}" }
    host(list) { en: "host {list}", zh: "主機 {list}" }
    os(list) { en: "system {list}", zh: "作業系統 {list}" }
    not_host(list) { en: "not host {list}", zh: "排除主機 {list}" }
    any_value() { en: "any", zh: "任意值" }

    // When it alerts.
    each() { en: "each match", zh: "每次符合" }
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
    per_source_label(key) { en: "label {key} of the source", zh: "來源標籤 {key} " }
    per_destination_label(key) { en: "label {key} of the destination", zh: "目的標籤 {key} " }
    below(amount, window) { en: "fewer than {amount} in {window} min", zh: "{window} 分鐘內少於 {amount}" }
    standing(amount, minutes) { en: "{amount} for {minutes} min", zh: "{amount}持續 {minutes} 分鐘" }
    flows(count, window) { en: "{count} flows in {window} min", zh: "{window} 分鐘 {count} 條流量" }

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
        en: "Replace what differs ({count})? Ids, notes and whether a rule is on stay. [y/N] ",
        zh: "是否取代這 {count} 條不同的規則？id、備註與啟用狀態將保留。[y/N] "
    }

    // What was learnt.
    learnt_from(what, records) { en: "{what}, from {records} matching records of the archive", zh: "{what}（取自封存中符合的 {records} 筆紀錄）" }
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
    bad_json(source, reason) { en: "{source}: not JSON: {reason}", zh: "{source}：不是 JSON：{reason}" }
    cannot_read(source, reason) { en: "{source}: cannot be read: {reason}", zh: "{source}：無法讀取：{reason}" }
    no_rules_in(source) { en: "{source}: holds no rule", zh: "{source}：沒有任何規則" }
    standard_input() { en: "standard input", zh: "標準輸入" }
    the_argument() { en: "the argument", zh: "參數" }
    told(source, problem) { en: "{source}: {problem}", zh: "{source}：{problem}" }
}
