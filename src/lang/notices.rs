//! What is said of what was lost, skipped or begun afresh: its name, what exactly
//! happened, what to do; a block each.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    events_skipped() { en: "Events skipped", zh: "部分事件已略過" }
    events_skipped_text(from, until) {
        en: "Events from {from} to {until} were skipped: the backlog is longer than settings.max_event_catch_up_hours.",
        zh: "已略過 {from} 至 {until} 的事件：積壓時間超過 settings.max_event_catch_up_hours。"
    }
    events_skipped_do() {
        en: "No rule has seen them: look through the events of that time in the PCE's console. To have longer backlogs fetched, raise settings.max_event_catch_up_hours.",
        zh: "這些事件未經任何規則比對，請在 PCE 主控台查看該期間。若要補抓更長的積壓，請調高 settings.max_event_catch_up_hours。"
    }
    events_cut() { en: "Events missing", zh: "部分事件缺漏" }
    events_cut_text(second) {
        en: "In the second from {second} on there were more events than the PCE returns at once; some of them are missing.",
        zh: "自 {second} 起的一秒內，事件數量超過 PCE 單次可提供的上限；部分事件缺漏。"
    }
    events_cut_do() {
        en: "Look through the events of that second in the PCE's console, and find who causes so many at once.",
        zh: "請在 PCE 主控台查看該秒的事件，並找出同時產生大量事件的來源。"
    }
    events_forgotten() { en: "Too many events to remember", zh: "事件過多，無法全部記住" }
    events_forgotten_text(bound, since) {
        en: "More than {bound} events came within the look-back time. The oldest, at present those before {since}, are no longer looked for, so anything that the PCE records late for that time is missed.",
        zh: "回溯期間內的事件超過 {bound} 筆。最舊的事件（目前為 {since} 之前）不再回頭查詢，因此 PCE 延遲寫入的該時段事件可能漏看。"
    }
    events_forgotten_do() {
        en: "Nothing that was read is lost. Find who causes so many events, or set settings.late_reach_hours lower.",
        zh: "已讀取的事件均未遺失。請找出大量事件的來源，或調低 settings.late_reach_hours。"
    }
    events_unreadable() { en: "Events not readable", zh: "部分事件無法讀取" }
    events_unreadable_text(records) {
        en: "{records} could not be read (no JSON, or larger than 8 MiB): not counted.",
        zh: "有 {records}無法讀取（不是 JSON，或大於 8 MiB），未計入。"
    }
    events_unreadable_do() {
        en: "Look through the last events in the PCE's console. If it happens again, see whether a proxy on the way changes answers.",
        zh: "請在 PCE 主控台查看最近的事件。若再次發生，請確認中途的 Proxy 是否更動了回應內容。"
    }
    groups_gone() { en: "Too many to count each by itself", zh: "分別計數的組數過多" }
    groups_gone_text(rule, count) {
        en: "Rule \"{rule}\": there were more at once than can be counted separately in memory. {count} with the lowest counts were dropped; if they continue, they are counted from then on.",
        zh: "規則「{rule}」：分別計數的組數超過記憶體上限，已捨棄數量最少的 {count} 組；這些組後續若再出現，將從頭計數。"
    }
    groups_forgotten_text(rule, count, bound) {
        en: "Rule \"{rule}\": all rules together can remember {bound}. {count} that had not been seen for the longest time were forgotten; if they appear again, they are reported as new.",
        zh: "規則「{rule}」：所有規則合計最多記住 {bound} 組，已忘記其中最久未出現的 {count} 組；若再次出現，將視為新的。"
    }
    groups_gone_do() {
        en: "Nothing with a high count is lost. Narrow the rule (ports, labels, decisions), or have it count by something of which there are fewer.",
        zh: "數量多的均未遺失。請縮小規則範圍（連接埠、標籤、決策），或改依數量較少的項目分別計數。"
    }
    archive_left_out() { en: "Records not archived", zh: "部分紀錄未封存" }
    archive_left_out_text(records) {
        en: "More came at once than the archive keeps (60 MiB of events, 60 MiB of flows). Records of this run that are not archived: {records}.",
        zh: "一次取得的紀錄超過封存的容量（事件與流量各 60 MiB）。本次執行未封存的紀錄數：{records}。"
    }
    archive_left_out_do() {
        en: "The alerts are complete. To keep everything, run more often, or narrow the rule that matches the most traffic.",
        zh: "警示不受影響。若需保留全部紀錄，請縮短執行間隔，或縮小比對最多流量之規則的範圍。"
    }
    traffic_skipped() { en: "Traffic skipped", zh: "部分流量已略過" }
    traffic_skipped_text(from, until) {
        en: "Traffic from {from} to {until} was skipped: the backlog is longer than settings.max_catch_up_hours.",
        zh: "已略過 {from} 至 {until} 的流量：積壓時間超過 settings.max_catch_up_hours。"
    }
    traffic_of_members_skipped_text(members, from, until) {
        en: "Traffic of {members} from {from} to {until} was skipped: these members of the supercluster were silent, and the backlog is longer than settings.max_catch_up_hours. What the others sent of that time is counted as far as a run could read it.",
        zh: "已略過 {members} 自 {from} 至 {until} 的流量：這些 Supercluster 成員沒有回應，且積壓時間超過 settings.max_catch_up_hours。其他成員在該期間傳回的流量，凡執行時讀到的均已計入。"
    }
    traffic_skipped_do() {
        en: "No rule has seen it: look at the traffic of that time in the PCE's Explorer. To have longer backlogs fetched, raise settings.max_catch_up_hours.",
        zh: "這些流量未經任何規則比對，請在 PCE 的 Explorer 查看該期間。若要補抓更長的積壓，請調高 settings.max_catch_up_hours。"
    }
    unknown_decisions() { en: "A policy decision that is not known", zh: "出現無法辨識的政策決策" }
    unknown_decisions_text(decisions) {
        en: "The PCE sends rows of traffic with a policy decision that this version does not know: {decisions}. They count for rules that match any decision (pd -1), and for no others. This is reported once for each such decision.",
        zh: "PCE 傳回的部分流量列帶有無法辨識的政策決策：{decisions}。這些列只計入不限決策的規則（pd 為 -1）。每個用詞只通知一次。"
    }
    unknown_decisions_do() {
        en: "See in the PCE's Explorer what these flows are; a rule with pd -1 counts them. A newer version of the monitor may know the decision.",
        zh: "請在 PCE 的 Explorer 查看這些流量；pd 為 -1 的規則會計入。較新版本的監控程式可能已支援此決策。"
    }
    traffic_regrouped() { en: "The PCE regrouped its rows of traffic", zh: "PCE 重新歸併了流量紀錄" }
    traffic_regrouped_text() {
        en: "Most of the new traffic came in rows that began before the last run and only look new: probably traffic that is known already, under another name, cut otherwise, or counted anew. Each of them counts as 1 in this run, so that nothing is reported twice; anything really new among them is not reported.",
        zh: "本次新增的流量大多來自上次執行之前就已開始、只是看似新出現的紀錄，很可能是已知的流量換了名稱、重新切分或重新計數。為避免重複通知，這類紀錄在本次執行中各只計 1 次；其中若有真正的新流量，將不會列出。"
    }
    traffic_regrouped_do() {
        en: "If the PCE was upgraded, restored or failed over: nothing. Otherwise look at the traffic of the last hours in the PCE's Explorer.",
        zh: "若 PCE 剛升級、還原或切換節點，則不需處理；否則請在 PCE 的 Explorer 查看最近數小時的流量。"
    }
    gap(time) { en: "No run for {time}", zh: "有 {time}沒有執行監控" }
    gap_text(from, until, time) {
        en: "No run between {from} and {until} ({time}): the host was off, cron or the timer did not start the monitor, or a clock was set. What happened meanwhile was caught up in this run, but for what other notices name.",
        zh: "{from} 至 {until} 之間沒有執行任何監控（{time}）：主機可能關機、cron 或 timer 未啟動程式，或時鐘曾被調整。期間的資料已於本次補抓，其他通知所列者除外。"
    }
    gap_do() {
        en: "If nobody stopped it on purpose: on the host, look at how long it has been up (`uptime`), at the cron entry or the timer, and at their log for that time.",
        zh: "若非人為停止，請在主機上確認開機時間（`uptime`）、cron 設定或 timer，以及該期間的記錄檔。"
    }
    runs_died() { en: "Runs are cut short", zh: "多次執行未能正常結束" }
    runs_died_do() {
        en: "Nothing is lost: each run continues from the last save. On the host, find out what ends them: the kernel when memory runs out (`journalctl -k`), a time limit of cron or the unit, or a person.",
        zh: "資料沒有遺失：每次執行都會從上次儲存之處繼續。請在主機上找出中止執行的原因：記憶體不足而由核心終止（`journalctl -k`）、cron 或 unit 的時間限制，或是人為操作。"
    }
    state_back() { en: "The state was put back", zh: "已換回最後的狀態" }
    state_back_do() {
        en: "Nothing is lost. Somebody saved or restored an older copy of the config: see whether its rules and settings are those you want.",
        zh: "資料沒有遺失。有人存入或還原了較舊的設定檔，請確認其中的規則與設定是否正確。"
    }
    state_restored() { en: "The state was damaged and is whole again", zh: "狀態資料曾毀損，現已復原" }
    state_restored_do() {
        en: "Nothing is lost. See whether the disk is sound, and who writes to the file beside this program.",
        zh: "資料沒有遺失。請確認磁碟是否正常，以及是否有其他程式寫入此檔案。"
    }
    state_damaged() { en: "Part of the state was lost", zh: "部分狀態資料遺失" }
    state_damaged_do() {
        en: "Counts start afresh; an alert may come twice, or, where a mail or the rules' counts are among it, be lost: look through the PCE's console for the time since the last mail. See who writes to the file beside this program, and whether the disk is sound.",
        zh: "計數將重新開始；警示可能重複寄出，若毀損部分包含待寄郵件或規則的計數，警示也可能遺失：請在 PCE 主控台查看上一封郵件之後的期間。請確認是否有其他程式寫入此檔案，以及磁碟是否正常。"
    }
    state_afresh() { en: "The state starts afresh", zh: "狀態已重新開始" }
    state_afresh_do() {
        en: "Nothing, if somebody meant it: counts begin at zero, and a first run looks back over the rules' windows.",
        zh: "若為預期的變更則不需處理；計數從零開始，並回溯各規則的時間範圍重新讀取。"
    }
    mail_lost() { en: "A mail did not reach everybody", zh: "有郵件未送達所有收件者" }
    mail_lost_do() {
        en: "Tell those whom it missed. Correct email.recipients, email.routes or the mail server, then run `illumio-monitor test-mail`.",
        zh: "請轉告未收到的人。修正 email.recipients、email.routes 或郵件伺服器後，執行 `illumio-monitor test-mail`。"
    }
}
