//! What `rules try` says.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    one_rule() {
        en: "Only one rule can be tried at a time; this is a list of several, or an empty one.",
        zh: "一次只能試跑一條規則；這裡給的是多條規則的清單，或是空的清單。"
    }
    hours_or_archive(){
        en: "--hours reads the PCE and --archive the archive: give one of them.",
        zh: "--hours 讀取 PCE，--archive 讀取封存檔，請擇一使用。"
    }
    hours_range(most) {
        en: "--hours is a number of hours, 1 to {most}.",
        zh: "--hours 為小時數，範圍 1 至 {most}。"
    }
    no_workloads_in_archive() {
        en: "The archive has no workloads: such a rule can only be tried on the PCE, as they are now. Omit --archive.",
        zh: "封存檔沒有 workload 的資料：這類規則只能依 PCE 上目前的狀態試跑。請拿掉 --archive。"
    }
    archive_is_empty(folder) {
        en: "{folder} has no record with a time yet. Try the rule on the PCE (--hours), or after some runs.",
        zh: "{folder} 中還沒有帶時間的紀錄。請改以 PCE 試跑（--hours），或等執行過幾輪後再試。"
    }
    head_pce(rule, from, to) { en: "{rule}: tried on the PCE, {from} to {to}", zh: "{rule}：以 PCE 試跑，{from} 至 {to}" }
    head_archive(rule, folder, from, to) {
        en: "{rule}: tried on the archive {folder}, {from} to {to}",
        zh: "{rule}：以封存檔 {folder} 試跑，{from} 至 {to}"
    }
    head_now(rule, at) { en: "{rule}: tried on the PCE as it is at {at}", zh: "{rule}：以 PCE 於 {at} 的狀態試跑" }
    read_events(matching, records, every) {
        en: "{matching} of {records} events match; a run every {every} min",
        zh: "{records} 筆事件中有 {matching} 筆符合；每 {every} 分鐘執行一次"
    }
    read_flows(matching, records, every) {
        en: "{matching} of {records} rows match; a run every {every} min",
        zh: "{records} 列流量中有 {matching} 列符合；每 {every} 分鐘執行一次"
    }
    no_alert() { en: "It would not have alerted.", zh: "不會發出警示。" }
    one_alert() { en: "It would have alerted once:", zh: "會發出 1 則警示：" }
    alerts(count) { en: "It would have alerted {count} times:", zh: "會發出 {count} 則警示：" }
    more_alerts(count) { en: "and {count} more; --all lists them", zh: "另有 {count} 則；加上 --all 可全部列出" }
    group(name, count) { en: "{name} ({count})", zh: "{name}（{count}）" }
    at_least(count) { en: "at least {count}", zh: "至少 {count}" }
    more_groups(list, count) { en: "{list} and {count} more", zh: "{list}，另有 {count} 組" }
    span(first, last) { en: "{first} to {last}", zh: "{first} 至 {last}" }
    once_a_day(count) {
        en: "For at most one alert in 24 hours the threshold would be {count}.",
        zh: "若要 24 小時內最多一則警示，門檻應為 {count}。"
    }
    no_time_for_a_threshold() {
        en: "The threshold for one alert in 24 hours was not found in time: there are too many records. Try fewer hours.",
        zh: "紀錄過多，未能及時算出 24 小時內只通知一次的門檻。請縮短時數。"
    }
    a_day(matches, days) {
        en: "Each match alerts: {matches} a day over {days}.",
        zh: "每次符合即警示：{days}內平均每天 {matches} 筆。"
    }
    never_began() { en: "Its condition would never have begun.", zh: "其狀態從未開始。" }
    began_once() { en: "Its condition would have begun once:", zh: "其狀態會開始 1 次：" }
    began(count) { en: "Its condition would have begun {count} times:", zh: "其狀態會開始 {count} 次：" }
    spell(from, to, came) { en: "{from} to {to}: {came}", zh: "{from} 至 {to}：{came}" }
    lasting(from, came) { en: "{from}, still ongoing: {came}", zh: "{from} 起，目前仍持續：{came}" }
    holds_now(count, managed) {
        en: "{count} of {managed} managed workloads are in that state now; the rule would report it.",
        zh: "目前 {managed} 個受管理的 workload 中有 {count} 個如此；規則會發出通知。"
    }
    holds_not(count, managed, wanted) {
        en: "{count} of {managed} managed workloads are in that state now; the rule reports from {wanted} on.",
        zh: "目前 {managed} 個受管理的 workload 中有 {count} 個如此；規則自 {wanted} 個起才會通知。"
    }
    note(sentence) { en: "Note: {sentence}", zh: "注意：{sentence}" }
    learns_from_the_start(days) {
        en: "A rule for what is new is treated as if it had started learning at the start of the time tried; until it has learned ({days} days), nothing is new to it.",
        zh: "「新出現」類的規則視為從試跑起始時間開始學習；在學習期（{days} 天）結束之前，沒有任何項目會被視為新的。"
    }
    below_runs() {
        en: "When the monitor was not running, or could not read everything, the archive has fewer records than there were, so a condition may seem to have begun.",
        zh: "監控程式未執行或無法完整讀取的期間，封存檔的紀錄會少於實際數量，狀態看起來可能像是已開始。"
    }
    archive_order() {
        en: "The archive does not say which run read a record: each is assumed to be read by the first run after its own time, in the order of the archive.",
        zh: "封存檔不記錄各筆是由哪一輪讀取：每筆視為由其時間之後的第一輪依封存順序讀取。"
    }
    archive_began_before() {
        en: "Rows that began before the archive starts count as 1 at their first occurrence in it: how much of them came before is not known.",
        zh: "在封存起始之前就開始的列，首次出現時以 1 計：無法得知其中有多少發生在此之前。"
    }
    archive_of_other_rules() {
        en: "The archive has rows that some rule matched at that time: what only this rule would match is not in it, unless the rule was enabled.",
        zh: "封存檔只有當時至少符合一條規則的流量列：僅符合此規則的流量，除非當時已啟用，否則不在其中。"
    }
    paused() {
        en: "Part of it is within pauses of the config: what they hold back is not an alert, and is not listed.",
        zh: "部分內容落在設定檔的暫停時段內：被保留的通知不算警示，未列出。"
    }
    lists_of_the_last_run() {
        en: "The addresses of IP lists are those that the last run knew.",
        zh: "IP 清單的位址以上一輪執行時所知為準。"
    }
    no_minutes_within_a_row() {
        en: "A row of the PCE is the sum of up to a day, without its minutes: it is counted when it was last seen, in its last ten minutes; one that began before the time tried counts as 1. The archive, if there is one, has the minutes (--archive).",
        zh: "PCE 的一列是最長一天的總和，無法得知其間各分鐘的分布：以最後出現的時間計入其最後十分鐘；在試跑時間之前就開始的列以 1 計。若有封存檔，其中有分鐘層級的資料（--archive）。"
    }
    events_cut() {
        en: "The PCE has more events in a single second than it returns; those are missing.",
        zh: "某一秒內的事件多於 PCE 所能提供的數量，超出的部分未計入。"
    }
    left_out(count) {
        en: "{count} more records match than could be kept: the counts are \"at least\". Try fewer hours, or a narrower rule.",
        zh: "另有 {count} 筆符合的紀錄超出可保留的上限，因此計數為下限值。請縮短時數，或使用範圍較小的規則。"
    }
    queries_left(posted, left) {
        en: "There are too many rows for {posted} queries; {left} parts of them were not read. Try fewer hours.",
        zh: "資料列過多，{posted} 次查詢仍不足，尚有 {left} 個部分未讀取。請縮短時數。"
    }
    traffic_unread(reason) { en: "Traffic could not be read: {reason}", zh: "無法讀取流量：{reason}" }
    workloads_now() {
        en: "Only the runs know since when workloads have been in a state; this is their state now.",
        zh: "workload 從何時起處於該狀態只有執行中的監控程式知道；此處僅為目前狀態。"
    }
}
