//! What a poll cycle says: what it saw, what it could not see, what was lost.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    tls_not_verified() {
        en: "api.verify_ssl is false: whoever answers at the PCE's address gets the API key. Set it to true, with api.ca_file for a private CA.",
        zh: "api.verify_ssl 為 false：任何冒用 PCE 位址的主機都能取得 API 金鑰。請改為 true；若使用私有 CA，請設定 api.ca_file。"
    }
    from_memory(host, reason, address, at) {
        en: "The name {host} can't be looked up ({reason}). The address {address} was used, which last served it over verified TLS at {at}: fix the name servers before it changes (`illumio-monitor check` shows which one fails).",
        zh: "無法解析主機名稱 {host}（{reason}）。已改用 {address}，此位址最後一次以通過驗證的 TLS 提供服務是在 {at}：請在位址變更前修復名稱伺服器（`illumio-monitor check` 會指出有問題的一台）。"
    }
    told_elsewhere(people, count, names) {
        en: "Sent to {people} only, not in this mail ({count}): {names}",
        zh: "未列於本郵件，另寄給 {people}（{count} 項）：{names}"
    }
    more_told_elsewhere(count) {
        en: "Sent to others only, not in this mail: {count} more",
        zh: "另有 {count} 項寄給其他收件者，未列於本郵件"
    }
    run_died(begun) {
        en: "The run begun at {begun} did not come to its end.",
        zh: "{begun} 開始的執行未能正常結束。"
    }
    clock_jumped(before, now) {
        en: "The PCE's clock was {before} s ahead of this host's and is now {now} s ahead (negative: behind): one of the two clocks was set. Check the time service on both hosts.",
        zh: "PCE 與這台主機的時間差由 {before} 秒變為 {now} 秒（正值表示 PCE 較快）：其中一方的時間被調整過。請檢查兩台主機的校時服務。"
    }
    clock_back(from) {
        en: "The PCE's clock had run ahead and is correct again: everything from {from} on is read again, including what was reported as skipped. Nothing is reported twice.",
        zh: "PCE 的時鐘先前超前，現已恢復正確：自 {from} 起的資料全部重新讀取，包括先前表示略過的部分。不會重複通知。"
    }
    clock_doubted(now) {
        en: "By the PCE's clock it is {now}, which is earlier than what was already read. Nothing was fetched; if the next run finds the same clock, that clock is used.",
        zh: "依 PCE 的時鐘，現在是 {now}，早於已讀取的時間。本次未擷取任何資料；若下次執行時時鐘相同，即以其為準。"
    }
    health_not_offered() {
        en: "PCE health: not offered to this key.",
        zh: "PCE 健康狀態：此金鑰無法取得。"
    }
    events_complete(until, new) {
        en: "Events: complete up to {until}, {new} new.",
        zh: "事件：完整擷取至 {until}，新增 {new} 筆。"
    }
    events_incomplete(reason, position) {
        en: "Events could not be read completely: {reason} They are complete up to {position}; the next run fetches the rest.",
        zh: "事件未能完整擷取：{reason}目前完整至 {position}，其餘將於下次執行時擷取。"
    }
    traffic_complete(until, rows) {
        en: "Traffic: complete up to {until}, {rows} read.",
        zh: "流量：完整擷取至 {until}，共讀取 {rows}。"
    }
    traffic_incomplete(reason, position) {
        en: "Traffic could not be read completely: {reason} It is complete up to {position}; the next run continues from there.",
        zh: "流量未能完整擷取：{reason}目前完整至 {position}，下次執行時會繼續。"
    }
    traffic_cut(rows, from, until) {
        en: "Of the traffic from {from} to {until} only {rows} could be read: the PCE has more, and the query can't be split further. Counts are lower bounds.",
        zh: "{from} 至 {until} 的流量只能讀取 {rows}：PCE 上還有更多，且查詢已無法再分割。所列數量為下限。"
    }
    flows_unreadable(rows) {
        en: "{rows} of traffic could not be read (no JSON, or larger than 8 MiB): not counted.",
        zh: "有 {rows}流量無法讀取（不是 JSON，或大於 8 MiB），未計入。"
    }
    series_full(bound) {
        en: "More than {bound} different rows of traffic match the rules; the oldest ones were forgotten, so counts are lower bounds. Narrow the traffic rules.",
        zh: "符合規則的相異流量列超過 {bound} 列；最舊的已不再追蹤，因此所列數量為下限。請縮小流量規則的範圍。"
    }
    query_failed(state) {
        en: "the PCE abandoned the traffic query (\"{state}\").",
        zh: "PCE 放棄了流量查詢（「{state}」）。"
    }
    query_too_slow(seconds) {
        en: "the traffic query took longer than {seconds} s (api.query_timeout_seconds) and was abandoned. If this lasts, see in the PCE's Explorer whether queries are slow for everybody, or raise that time.",
        zh: "流量查詢超過 {seconds} 秒（api.query_timeout_seconds），已放棄。若持續發生，請在 PCE 的 Explorer 確認查詢是否普遍緩慢，或調高此時間。"
    }
    query_unfinished(minutes) {
        en: "the PCE still computes the traffic query that was posted {minutes} min ago; the next run asks for it first. If this lasts, see in the PCE's Explorer whether queries are slow for everybody, or have less looked back over (settings.late_reach_hours).",
        zh: "PCE 仍在計算 {minutes} 分鐘前送出的流量查詢，下次執行會先讀取此查詢。若持續發生，請在 PCE 的 Explorer 確認查詢是否普遍緩慢，或縮短回溯時間（settings.late_reach_hours）。"
    }
    queries_left(posted, left) {
        en: "there is more traffic than one run may ask for ({posted} queries posted, parts left: {left}); the next run continues with the rest. If this lasts, have the traffic rules ask for fewer policy decisions (pd).",
        zh: "流量超過一次執行可查詢的量（已送出 {posted} 個查詢，剩餘 {left} 個部分），其餘由下次執行接續。若持續發生，請減少流量規則所查詢的政策決策（pd）。"
    }
    query_short(promised, came) {
        en: "the PCE promised {promised}, and {came} came.",
        zh: "PCE 表示有 {promised}，實際只取得 {came} 列。"
    }
    query_silent(members) {
        en: "members of the supercluster did not answer the traffic query: {members}. What the others sent is counted; see to the health of these PCEs and of their links to the leader.",
        zh: "Supercluster 的部分成員沒有回應流量查詢：{members}。其他成員傳回的流量已計入；請檢查這些 PCE 的健康狀態，以及與 leader 之間的連線。"
    }
    computing(seconds) {
        en: "the PCE computes the traffic query ({seconds} s) …",
        zh: "PCE 正在計算流量查詢（{seconds} 秒）…"
    }
    nothing_read() {
        en: "Events and traffic: not read in this run.",
        zh: "事件與流量：本次執行未讀取。"
    }
    no_traffic_rule() {
        en: "Traffic: not read, no traffic rule is enabled.",
        zh: "流量：未讀取，沒有啟用的流量規則。"
    }
    ip_list_of_rules(name, ids) { en: "{name} (rule {ids})", zh: "{name}（規則 {ids}）" }
    ip_lists_unread(reason) {
        en: "The IP lists that rules name could not be read: {reason}",
        zh: "無法讀取規則所指定的 IP 清單：{reason}"
    }
    ip_lists_refused() {
        en: "The IP lists that rules name could not be read; that is tried every hour.",
        zh: "無法讀取規則所指定的 IP 清單；每小時會再嘗試一次。"
    }
    ip_lists_of(time) {
        en: "The addresses read at {time} are still used.",
        zh: "目前仍使用 {time} 讀取的位址。"
    }
    ip_lists_absent(names) {
        en: "The PCE has no provisioned IP list of this name: {names}. A rule that asks for it matches nothing, one that leaves it out leaves nothing out.",
        zh: "PCE 沒有下列名稱的已佈建 IP 清單：{names}。要求該清單的規則不會符合任何流量，排除該清單的規則不會排除任何流量。"
    }
    ip_lists_cut(names) {
        en: "The PCE did not return all of its IP lists, and this one was missing: {names}. A rule that asks for it matches nothing, one that leaves it out leaves nothing out.",
        zh: "PCE 未傳回全部的 IP 清單，缺少：{names}。要求該清單的規則不會符合任何流量，排除該清單的規則不會排除任何流量。"
    }
    ip_lists_too_large(names, most) {
        en: "All IP lists that rules name may have {most} ranges together, and with this one they have more: {names}. A rule that asks for it matches nothing, one that leaves it out leaves nothing out.",
        zh: "規則指定的所有 IP 清單合計最多 {most} 個範圍，加上下列清單即超過：{names}。要求該清單的規則不會符合任何流量，排除該清單的規則不會排除任何流量。"
    }
    ip_lists_unknown(names) {
        en: "No addresses are known of the IP list {names}. A rule that asks for it matches nothing, one that leaves it out leaves nothing out.",
        zh: "沒有 IP 清單 {names} 的位址資料。要求該清單的規則不會符合任何流量，排除該清單的規則不會排除任何流量。"
    }
    ip_lists_stale(names) {
        en: "The PCE did not return all of its IP lists; for this one the earlier addresses are still used: {names}.",
        zh: "PCE 未傳回全部的 IP 清單；下列清單仍使用先前的位址：{names}。"
    }
    worth_knowing(remark) { en: "Worth knowing: {remark}", zh: "請留意：{remark}" }
    more_worth_knowing(count) {
        en: "And {count} more; `illumio-monitor check` names them.",
        zh: "另有 {count} 項，請執行 `illumio-monitor check` 查看。"
    }
    next_run(at, minutes) {
        en: "Next run due about {at} (this one came {minutes} min after the last).",
        zh: "下次執行約在 {at}（本次與前次相隔 {minutes} 分鐘）。"
    }
    host(name) { en: "Host: {name}", zh: "主機：{name}" }
    config_file(path) { en: "Config: {path}", zh: "設定檔：{path}" }
    accepted(recipient) {
        en: "{recipient}: accepted by the mail server",
        zh: "{recipient}：郵件伺服器已接受"
    }
    not_sent(recipient, reason) {
        en: "{recipient}: not sent. {reason}",
        zh: "{recipient}：未寄出。{reason}"
    }
    unknown_language(tag) {
        en: "--lang {tag} is not known; it is en or zh-TW.",
        zh: "不支援 --lang {tag}；可用的語言為 en 或 zh-TW。"
    }
    cannot_go_on_as_owner(error) {
        en: "The program can't be executed again as the config's owner ({error}). Run it as that user.",
        zh: "無法改以設定檔擁有者的身分重新執行（{error}）。請直接以該使用者執行。"
    }
}
