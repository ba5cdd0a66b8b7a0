//! The menu's part on rules: the fields of a rule, and what is done with rules.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    nothing() { en: "", zh: "" }
    event_rule() { en: "event rule", zh: "事件規則" }
    workload_rule() { en: "workload rule", zh: "workload 規則" }
    traffic_rule() { en: "traffic rule", zh: "流量規則" }
    new_rule(kind) { en: "New {kind}", zh: "新增{kind}" }
    rule_title(kind, id) { en: "Rule {id}, {kind}", zh: "規則 {id}（{kind}）" }
    how_to_answer() {
        en: "Enter takes what stands in [ ] or skips, < goes one question back, ? helps.",
        zh: "按 Enter 採用 [ ] 中的值或略過，輸入 < 返回上一題，輸入 ? 查看說明。"
    }

    name() { en: "Name", zh: "名稱" }
    name_hint() { en: "as the mail calls it, for example Blocked traffic to the database", zh: "郵件中顯示的名稱，例如 資料庫遭封鎖的連線" }
    desc_hint() { en: "stands in the mail, for example A VEN's rules were changed on the host", zh: "顯示於郵件，例如 主機上的防火牆規則遭變更" }
    rec_hint() { en: "stands in the mail, for example Call the owner of the host", zh: "顯示於郵件，例如 請聯絡主機負責人" }
    note_hint() { en: "for example who asked for the rule; no mail has it", zh: "例如 提出此規則的人員；不會出現在郵件中" }
    level() { en: "Level", zh: "等級" }
    critical() { en: "critical", zh: "嚴重" }
    warning() { en: "warning", zh: "警告" }
    info() { en: "info", zh: "資訊" }
    enabled() { en: "Enabled", zh: "啟用" }
    on() { en: "yes", zh: "是" }
    off() { en: "no", zh: "否" }
    desc() { en: "Meaning", zh: "說明" }
    rec() { en: "What to do", zh: "建議處理" }
    note() { en: "Note (yours alone)", zh: "備註（僅供自己參考）" }
    removes() { en: "- removes it", zh: "輸入 - 可移除" }
    hint_removes(hint) { en: "{hint}; - removes it", zh: "{hint}；輸入 - 可移除" }

    filter_value() { en: "Event type", zh: "事件類型" }
    filter_value_hint() {
        en: "a part of the type, for example agent.tampering; a pattern with * or ?; a|b is either",
        zh: "類型的一部分，例如 agent.tampering；可用 * 或 ? 萬用字元；a|b 表示任一"
    }
    user() { en: "User", zh: "使用者" }
    source_ip() { en: "From address", zh: "來自位址" }
    workload() { en: "Workload or agent", zh: "workload 或 agent" }
    change() { en: "Change", zh: "變更" }
    change_hint() {
        en: "for example {{\"field\": \"enforcement_mode\", \"to\": \"idle\"}}",
        zh: "例如 {{\"field\": \"enforcement_mode\", \"to\": \"idle\"}}"
    }
    technique() { en: "MITRE ATT&CK technique", zh: "MITRE ATT&CK 技術" }
    technique_hint() { en: "stands in the mail, for example T1021 Remote Services", zh: "顯示於郵件，例如 T1021 Remote Services" }
    process() { en: "Process", zh: "行程" }
    src_host() { en: "Source host", zh: "來源主機" }
    dst_host() { en: "Destination host", zh: "目的主機" }
    not_user() { en: "Not user", zh: "排除使用者" }
    not_source_ip() { en: "Not from address", zh: "排除來自位址" }
    not_workload() { en: "Not workload or agent", zh: "排除 workload 或 agent" }
    not_process() { en: "Not process", zh: "排除行程" }
    not_src_host() { en: "Not source host", zh: "排除來源主機" }
    not_dst_host() { en: "Not destination host", zh: "排除目的主機" }
    src_list() { en: "Source IP list", zh: "來源 IP 清單" }
    dst_list() { en: "Destination IP list", zh: "目的 IP 清單" }
    not_src_list() { en: "Not source IP list", zh: "排除來源 IP 清單" }
    not_dst_list() { en: "Not destination IP list", zh: "排除目的 IP 清單" }
    lists_hint() { en: "names of the PCE's IP lists, by commas", zh: "PCE 的 IP 清單名稱，以逗號分隔" }
    src_managed() { en: "Source is managed", zh: "來源受管理" }
    dst_managed() { en: "Destination is managed", zh: "目的受管理" }
    names_hint() { en: "names, by commas; * and ? stand for any letters", zh: "名稱，以逗號分隔；可用 * 與 ?" }
    severity() { en: "Severity", zh: "嚴重性" }
    severity_hint() { en: "only these, for example err,warning; Enter: any", zh: "僅限這些，例如 err,warning；按 Enter 不限" }
    status() { en: "Status", zh: "狀態" }
    status_hint() { en: "only success, failure or none; Enter: any", zh: "僅限 success、failure 或 none；按 Enter 不限" }

    decision() { en: "Policy decision", zh: "政策決策" }
    port() { en: "Port", zh: "連接埠" }
    ex_port() { en: "Not port", zh: "排除連接埠" }
    port_hint() { en: "for example 443, or 80,443,8000-8100", zh: "例如 443，或 80,443,8000-8100" }
    proto() { en: "Protocol", zh: "通訊協定" }
    proto_hint() { en: "tcp, udp, icmp or a number", zh: "tcp、udp、icmp 或數字" }
    src_label() { en: "Source label", zh: "來源標籤" }
    dst_label() { en: "Destination label", zh: "目的標籤" }
    ex_src_label() { en: "Not source label", zh: "排除來源標籤" }
    ex_dst_label() { en: "Not destination label", zh: "排除目的標籤" }
    label_hint() { en: "for example role=Web; role=Web,env=Prod means both", zh: "例如 role=Web；role=Web,env=Prod 表示兩者皆符合" }
    src_ip() { en: "Source address", zh: "來源位址" }
    dst_ip() { en: "Destination address", zh: "目的位址" }
    ex_src_ip() { en: "Not source address", zh: "排除來源位址" }
    ex_dst_ip() { en: "Not destination address", zh: "排除目的位址" }
    ip_hint() { en: "for example 10.0.0.5, 192.168.0.0/16 or 2001:db8::/32", zh: "例如 10.0.0.5、192.168.0.0/16 或 2001:db8::/32" }
    state() { en: "State", zh: "狀態" }
    state_hint() {
        en: "one or more of offline, unhealthy, suspended, policy_error, not_enforced",
        zh: "offline、unhealthy、suspended、policy_error、not_enforced 之一或數個"
    }
    label() { en: "Label", zh: "標籤" }
    host() { en: "Host", zh: "主機" }
    not_host() { en: "Not host", zh: "排除主機" }
    os() { en: "System", zh: "作業系統" }
    os_hint() { en: "for example win-* or ubuntu-*", zh: "例如 win-* 或 ubuntu-*" }
    standing_minutes() { en: "For how many minutes", zh: "持續幾分鐘" }
    standing_minutes_hint() {
        en: "each must be so for so long before it counts, 0 to 10080; Enter: at once",
        zh: "每個須持續多久才計入，0 到 10080；按 Enter 立即計入"
    }
    standing_count() { en: "From how many on", zh: "至少幾個" }
    standing_count_hint() { en: "so many workloads at least; Enter: one", zh: "至少幾個 workload；按 Enter 為一個" }
    reminder() { en: "Reminder in minutes", zh: "提醒間隔（分鐘）" }
    reminder_hint() {
        en: "told again after so long, 0 to 10080; without it as settings.reminder_hours says",
        zh: "多久後再次提醒，0 到 10080；未設定時依 settings.reminder_hours"
    }
    standing_name(states) { en: "Workloads {states}", zh: "workload {states}" }
    leave_some_out() {
        en: "Leave some flows out (ports, labels, addresses)?",
        zh: "是否排除部分流量（連接埠、標籤、位址）？"
    }

    trigger() { en: "Alert", zh: "警示時機" }
    immediately() { en: "immediately: every match alerts", zh: "立即：有符合即警示" }
    when_it_adds_up() { en: "cumulative: from a count within a window on", zh: "累計：時間範圍內達到次數才警示" }
    when_too_few_come() {
        en: "missing: fewer than a count within a window",
        zh: "缺少：時間範圍內少於次數"
    }
    fewer_in(count, window) { en: "fewer than {count} in {window} min", zh: "{window} 分鐘內少於 {count} 次" }
    immediate() { en: "immediately", zh: "立即" }
    count_in(count, window) { en: "{count} in {window} min", zh: "{window} 分鐘內 {count} 次" }
    count() { en: "Count", zh: "次數" }
    count_hint() { en: "alert from so many on, for example 5", zh: "達到幾次時警示，例如 5" }
    window() { en: "Window in minutes", zh: "時間範圍（分鐘）" }
    window_hint() { en: "1 to 10080, for example 10", zh: "1 到 10080，例如 10" }
    count_by() { en: "Counts", zh: "計數方式" }
    by_events() { en: "events", zh: "事件" }
    by_objects() { en: "workloads or agents that each event names", zh: "各事件所列的 workload 或 agent" }
    by_connections() { en: "connections", zh: "連線次數" }
    by_flows() { en: "different flows", zh: "相異的流量" }
    by_users() { en: "different users", zh: "相異的使用者" }
    by_addresses() { en: "different source addresses", zh: "相異的來源位址" }
    by_workloads() { en: "different workloads or agents", zh: "相異的 workload 或 agent" }
    by_sources() { en: "different sources", zh: "相異的來源" }
    by_destinations() { en: "different destinations", zh: "相異的目的" }
    by_ports() { en: "different ports", zh: "相異的連接埠" }
    per() { en: "Each by itself", zh: "分別計算" }
    event_per_hint() {
        en: "what is counted apart, at most two: user, source_ip, workload, event_type",
        zh: "依何者分別計算，最多兩項：user、source_ip、workload、event_type"
    }
    flow_per_hint() {
        en: "what is counted apart, at most two: source, destination, port, user, source_label:app, destination_label:app",
        zh: "依何者分別計算，最多兩項：source、destination、port、user、source_label:app、destination_label:app"
    }
    new_within() { en: "Only new ones, in days", zh: "僅限新出現者（天數）" }
    new_within_hint() {
        en: "1 to 90: only what was not seen for so many days counts, for example 30",
        zh: "1 到 90：僅計算多少天內未出現者，例如 30"
    }
    learn() { en: "Days to learn first", zh: "先學習天數" }
    learn_hint() { en: "0 to 90: so many days it only takes note; 7 unless set", zh: "0 到 90：最初多少天僅記錄不警示；未設定時為 7" }
    further() { en: "What else a rule may ask for", zh: "規則的其他條件" }
    further_keys(list) { en: "more: {list}", zh: "其他：{list}" }
    comma() { en: ", ", zh: "、" }
    cooldown() { en: "Cooldown in minutes", zh: "冷卻時間（分鐘）" }
    cooldown_hint() {
        en: "silence after an alert, 0 to 10080; without it the window, or 0 where each match alerts",
        zh: "警示後的靜默時間，0 到 10080；未設定時等於時間範圍，立即警示則為 0"
    }

    by_default() { en: "(by default)", zh: "（預設）" }

    form_choice() {
        en: "A number changes, Enter saves, t tries it, 0 goes back unsaved",
        zh: "輸入數字修改，Enter 儲存，t 試跑，0 放棄並返回"
    }
    help_form() {
        en: "A number asks for that line anew; Enter saves the rule as it stands here; t shows what it would have told of the PCE's last 24 hours, and saves nothing; 0 goes back without saving.",
        zh: "輸入數字可重新填寫該行；按 Enter 儲存目前內容；輸入 t 以 PCE 最近 24 小時的資料試跑，不會儲存；輸入 0 返回且不儲存。"
    }
    rule_added(id, name) { en: "Rule {id} saved: {name}", zh: "已儲存規則 {id}：{name}" }
    rule_saved(name) { en: "Saved: {name}", zh: "已儲存：{name}" }

    how_to_find() {
        en: "Choose a group; or type a part of the event's name or meaning, or a pattern with * or ?.",
        zh: "請選擇分類；或輸入事件名稱或說明的一部分，或使用 * 或 ? 萬用字元。"
    }
    find_choice() { en: "Number, or what to search for", zh: "數字或搜尋字詞" }
    group(name, count) { en: "{name} ({count})", zh: "{name}（{count}）" }
    recommended() { en: "Recommended by Illumio", zh: "Illumio 建議監控" }
    found_for(part) { en: "Event types with \"{part}\"", zh: "符合「{part}」的事件類型" }
    types_head() { en: "* recommended by Illumio", zh: "* Illumio 建議監控" }
    type_choice() { en: "Number, or another search", zh: "數字，或重新搜尋" }
    types_head_or(part) {
        en: "* recommended by Illumio; = takes all types with \"{part}\"",
        zh: "* Illumio 建議監控；輸入 = 採用所有含「{part}」的類型"
    }
    not_in_catalogue(part) {
        en: "The catalogue has no event type with \"{part}\". A PCE may send it all the same.",
        zh: "目錄中沒有含「{part}」的事件類型，但 PCE 仍可能送出。"
    }
    as_it_stands() { en: "Use it as it stands?", zh: "是否直接使用？" }
    events_like(part) { en: "Events {part}", zh: "事件 {part}" }

    name_blocked() { en: "Blocked traffic", zh: "已封鎖流量" }
    name_potential() { en: "Potentially blocked traffic", zh: "可能遭封鎖的流量" }
    name_allowed() { en: "Allowed traffic", zh: "已允許流量" }
    name_unknown() { en: "Traffic without a decision", zh: "決策不明的流量" }
    name_any() { en: "Traffic", zh: "流量" }
    name_part(label, value) { en: " [{label}: {value}]", zh: " [{label}：{value}]" }
    traffic_desc() { en: "Flows as this rule asks for were seen.", zh: "出現符合此規則條件的流量。" }
    traffic_rec() {
        en: "Find out whether the traffic is wanted: if so, mend the policy; if not, look at the source.",
        zh: "請確認流量是否合法：若合法請調整政策，若不合法請檢查來源主機。"
    }

    no_rules() {
        en: "There are no rules yet: load the best practices (5), or add one (1, 2).",
        zh: "目前沒有規則：可載入最佳實踐（5），或自行新增（1、2）。"
    }
    which_rules() { en: "Which rules (1 or 1,3-5; /text searches; p: pauses; 0: back)", zh: "要處理哪些規則（1 或 1,3-5；/文字 搜尋；p 暫停清單；0 返回）" }
    which_rules_narrow() { en: "Rules (1,3-5; ? helps)", zh: "規則（1,3-5；? 說明）" }
    help_rules() {
        en: "Numbers open rules: 1, or 1,3-5 for several at once. /text shows only the rules that have it in their id, name, kind or event type; / alone shows all again; a number means the same rule either way. Enter shows the next rules, < those before; p shows what is paused.",
        zh: "輸入 # 欄的數字開啟規則：1，或以 1,3-5 一次處理多條。/文字 僅顯示 id、名稱、類別或事件類型含有該文字的規則，單獨輸入 / 顯示全部；規則的編號不因搜尋而改變。按 Enter 顯示後面的規則，輸入 < 顯示前面的規則；p 顯示暫停清單。"
    }
    rules_found(text, count, all) { en: "Rules with \"{text}\": {count} of {all} (/ shows all)", zh: "含「{text}」的規則：{all} 條中的 {count} 條（輸入 / 顯示全部）" }
    none_found(text) { en: "No rule has \"{text}\" in its id, name, kind or event type.", zh: "沒有規則的 id、名稱、類別或事件類型含有「{text}」。" }
    want_rules(count) {
        en: "Type numbers from 1 to {count}, for example 1 or 1,3-5.",
        zh: "請輸入 1 到 {count} 的數字，例如 1 或 1,3-5。"
    }
    rules_chosen(count) { en: "{count} rules", zh: "{count} 條規則" }
    edit() { en: "edit", zh: "編輯" }
    enable() { en: "enable", zh: "啟用" }
    disable() { en: "disable", zh: "停用" }
    delete() { en: "delete", zh: "刪除" }
    try_it() { en: "try it", zh: "試跑" }
    back() { en: "back", zh: "返回" }
    delete_this() { en: "Delete this rule for good?", zh: "確定要刪除這條規則？" }
    delete_these(count) { en: "Delete these {count} rules for good?", zh: "確定要刪除這 {count} 條規則？" }
    rules_enabled(count) { en: "Rules enabled: {count}", zh: "已啟用 {count} 條規則" }
    rules_disabled(count) { en: "Rules disabled: {count}", zh: "已停用 {count} 條規則" }
    rules_deleted(count) { en: "Rules deleted: {count}", zh: "已刪除 {count} 條規則" }
    changed_meanwhile() {
        en: "The rule was changed by someone else meanwhile; nothing was saved. Look at it again.",
        zh: "規則已被其他人變更，未儲存。請重新查看。"
    }

    practices_all_here() {
        en: "All best practices are here already.",
        zh: "最佳實踐已全部載入。"
    }
    practice(level, name, when) { en: "  {level} {name} ({when})", zh: "  {level} {name}（{when}）" }
    practices_missing() { en: "These are missing:", zh: "缺少下列規則：" }
    security_practices_missing() {
        en: "Further rules look for attackers: scans, spreading, new sources, guessed passwords, lowered enforcement. These are missing:",
        zh: "另有一組針對攻擊者的規則：掃描、擴散、新來源、猜測密碼、強制執行降低。目前缺少："
    }
    practices_add(count) { en: "Add these {count}?", zh: "是否新增這 {count} 條？" }
    practices_differ(count) {
        en: "{count} of your rules differ from the best practices:",
        zh: "您有 {count} 條規則與最佳實踐不同："
    }
    practices_replace(count) {
        en: "Replace these {count}? Their ids and notes stay",
        zh: "是否取代這 {count} 條？id 與備註會保留"
    }
    practices_loaded(added, replaced) {
        en: "Best practices: {added} added, {replaced} replaced. Other rules are unchanged.",
        zh: "最佳實踐：新增 {added} 條，取代 {replaced} 條。其他規則維持不變。"
    }
}
