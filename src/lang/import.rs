//! What `import` took over, and what it could not.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    not_there(file) {
        en: "{file}: there is no such file; give its path, for example: import /opt/illumio/illumio_api_state.json",
        zh: "{file}：找不到檔案；請填寫正確路徑，例如：import /opt/illumio/illumio_api_state.json"
    }
    cannot_read(file, reason) {
        en: "{file}: cannot be read: {reason}; the user who owns the config's folder must be able to read it",
        zh: "{file}：無法讀取：{reason}；設定檔資料夾的擁有者須有讀取權限"
    }
    not_json(file, reason) {
        en: "{file}: not JSON: {reason}; nothing was imported from it",
        zh: "{file}：不是 JSON：{reason}；未匯入任何內容"
    }
    not_ours(file) {
        en: "{file}: neither a config nor a state of the Python tool; nothing was imported from it",
        zh: "{file}：不是 Python 工具的設定檔或狀態檔；未匯入任何內容"
    }
    no_files() {
        en: "name the Python tool's files, for example: import illumio_api_config.json illumio_api_state.json",
        zh: "請指定 Python 工具的檔案，例如：import illumio_api_config.json illumio_api_state.json"
    }
    of_file(file, what) { en: "{file}: {what}", zh: "{file}：{what}" }
    nothing_taken(reason) { en: "nothing imported: {reason}", zh: "未匯入任何內容：{reason}" }

    // The config.
    in_place() {
        en: "this is the config itself and works as it is",
        zh: "此檔即為目前的設定檔，可直接使用"
    }
    keys_taken(keys) { en: "imported: {keys}", zh: "已匯入：{keys}" }
    keys_same(keys) { en: "already the same here: {keys}", zh: "內容相同，略過：{keys}" }
    keys_kept(keys) {
        en: "not imported, since the config has another value: {keys}",
        zh: "設定檔已有不同的值，未匯入：{keys}"
    }
    key_refused(problem) { en: "not imported: {problem}", zh: "未匯入：{problem}" }
    section_unknown(key) {
        en: "not imported: {key}: this program has no such setting",
        zh: "未匯入：{key}：本程式沒有此設定"
    }
    no_section(key) { en: "not imported: {key}: not an object", zh: "未匯入：{key}：不是物件" }
    no_list(key) { en: "not imported: {key}: not a list", zh: "未匯入：{key}：不是清單" }
    empty() { en: "nothing imported: there is nothing in it", zh: "未匯入任何內容：檔案沒有可匯入的項目" }
    other_pce(here) {
        en: "the config is of another PCE ({here}); key, secret and org were not imported",
        zh: "設定檔屬於另一台 PCE（{here}）；未匯入 API 金鑰、API secret 與組織編號"
    }
    channels(list) {
        en: "not imported: alerts: {list} is not supported; this program reports by mail",
        zh: "未匯入：alerts：不支援 {list}；本程式僅以郵件通知"
    }
    rule_taken(id, name) { en: "rule {id} imported: {name}", zh: "已匯入規則 {id}：{name}" }
    rule_taken_as(id, was, name) {
        en: "rule {was} imported with the id {id}: {name}",
        zh: "已匯入規則 {was}，id 改為 {id}：{name}"
    }
    rule_same(id, name) { en: "rule {id} already exists: {name}", zh: "規則 {id} 已存在，略過：{name}" }
    rule_refused(name, problem) {
        en: "rule not imported: {name}: {problem}",
        zh: "未匯入規則：{name}：{problem}"
    }
    rule_type_unsupported(kind) {
        en: "rules of type \"{kind}\" are not supported; only \"event\" and \"traffic\" are",
        zh: "不支援「{kind}」類型的規則；僅支援 \"event\" 與 \"traffic\""
    }
    rule_of_health() {
        en: "not needed: this program checks the PCE's health on its own (settings.enable_health_check)",
        zh: "不需匯入：本程式會自行監看 PCE 健康狀態（settings.enable_health_check）"
    }
    not_sayable(key, value) {
        en: "{key}: \"{value}\" has no counterpart here, and without it the rule would match more; add it again in the menu (1)",
        zh: "{key}：「{value}」在本程式沒有對應的條件，略過該條件會使規則符合過多；請於選單（1）重新建立"
    }
    rule_remark(id, what) { en: "rule {id}: {what}", zh: "規則 {id}：{what}" }
    throttled(throttle, minutes) {
        en: "throttle {throttle} became the cooldown, now {minutes} minutes",
        zh: "throttle {throttle} 改以冷卻時間表示，現為 {minutes} 分鐘"
    }
    throttle_lost(throttle) {
        en: "throttle {throttle} not imported: one mail reports everything from the cooldown, and there is no other limit",
        zh: "未匯入 throttle {throttle}：冷卻期間的內容會合併為一封郵件，沒有其他次數限制"
    }
    rule_no_object() { en: "not an object", zh: "不是物件" }
    unnamed() { en: "(without a name)", zh: "（未命名）" }
    part_of_name() {
        en: "event rules: the later Python versions compared the whole event type; here filter_value is a part of it, so that agent.update matches agent.update_interactive_users too. Check the imported rules",
        zh: "事件規則：後期的 Python 版本比對完整的事件類型，本程式的 filter_value 則比對部分名稱，例如 agent.update 也會符合 agent.update_interactive_users。請檢視已匯入的規則"
    }

    // The state.
    position(events) {
        en: "position: events are read from {events} on",
        zh: "位置：事件自 {events} 起讀取"
    }
    position_both(events, traffic) {
        en: "position: events are read from {events} on, traffic from {traffic} on",
        zh: "位置：事件自 {events} 起讀取，流量自 {traffic} 起讀取"
    }
    counts(matches, rule) {
        en: "history: {matches} unreported matches of rule {rule} continue to count",
        zh: "歷史紀錄：規則 {rule} 尚未通知的 {matches} 筆將繼續累計"
    }
    shared_history(id) {
        en: "history of id {id} not imported: several rules shared the id, and nobody can tell whose matches these are",
        zh: "未匯入 id {id} 的歷史紀錄：多條規則共用此 id，無法分辨屬於哪一條"
    }
    traffic_history(rule) {
        en: "history of rule {rule} not imported: the Python tool counted rows of traffic, the same ones in several runs; this program counts connections",
        zh: "未匯入規則 {rule} 的歷史紀錄：Python 工具計算的是流量列數，且同一列會在多次執行中重複計算；本程式計算連線次數"
    }
    lost_history(id) {
        en: "history of id {id} not imported: there is no such rule here",
        zh: "未匯入 id {id} 的歷史紀錄：沒有此規則"
    }
    has_position() {
        en: "this program has already read this PCE and continues from its position",
        zh: "本程式已讀取過此 PCE，將從目前的位置繼續"
    }
    of_other_pce() {
        en: "the state is of another PCE than the config",
        zh: "狀態屬於另一台 PCE，與設定檔不符"
    }
    no_position() {
        en: "last_check is missing or is not a time such as 2026-08-03T10:00:00Z",
        zh: "缺少 last_check，或不是 2026-08-03T10:00:00Z 格式的時間"
    }
    after_mending(reason) {
        en: "state not imported, since the config is not valid yet; fix it and import the state again: {reason}",
        zh: "設定檔尚不正確，未匯入狀態；請修正後再次匯入狀態：{reason}"
    }

    // The old tool.
    in_crontab(file, line, text) {
        en: "the Python tool is still started by {file}, line {line}; remove it, since two monitors report everything twice: {text}",
        zh: "Python 工具仍由 {file} 第 {line} 行執行；請移除，以免兩套監控重複通知：{text}"
    }
    no_level(ids) {
        en: "the Python tool had no levels, so these rules are told as warnings, though the best practices call them critical: {ids}",
        zh: "Python 工具沒有等級，下列規則因此以「警告」通知，而最佳實踐將其列為「嚴重」：{ids}"
    }
    no_level_fix(ids) {
        en: "to have their mails say CRITICAL: illumio-monitor rules set {ids} level=critical",
        zh: "如要在郵件中標示「嚴重」：illumio-monitor rules set {ids} level=critical"
    }
    ask_level() { en: "Make them critical? [y/N] ", zh: "要設為「嚴重」嗎？[y/N] " }
    level_set(ids) { en: "now critical: rule {ids}", zh: "已設為「嚴重」：規則 {ids}" }
    older_practices(ids) {
        en: "these rules count the blocked traffic of all sources together, so that a noisy one hides the others; to have them count each source separately: illumio-monitor rules load-best-practices --replace: {ids}",
        zh: "下列規則將所有來源的流量合併計數，單一大量來源可能掩蓋其他來源；如要依來源分別計數：illumio-monitor rules load-best-practices --replace：{ids}"
    }
}
