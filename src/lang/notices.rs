//! What a notice is called in a mail, and what to do about it.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    events_skipped() { en: "Events skipped", zh: "部分事件已略過" }
    events_skipped_do() {
        en: "No rule has seen them: look through the events of that time in the PCE's console. To have longer backlogs fetched, raise settings.max_event_catch_up_hours.",
        zh: "這些事件未經任何規則比對，請在 PCE 主控台查看該期間。若要補抓更長的積壓，請調高 settings.max_event_catch_up_hours。"
    }
    events_missing() { en: "Events missing", zh: "部分事件缺漏" }
    events_cut_do() {
        en: "Look through the events of that second in the PCE's console, and find who causes so many at once.",
        zh: "請在 PCE 主控台查看該秒的事件，並找出同時產生大量事件的來源。"
    }
    events_forgotten() { en: "Too many events to remember", zh: "事件過多，無法全部記住" }
    events_forgotten_do() {
        en: "Nothing that was read is lost. Find who causes so many events, or set settings.late_reach_hours lower.",
        zh: "已讀取的事件均未遺失。請找出大量事件的來源，或調低 settings.late_reach_hours。"
    }
    events_unreadable() { en: "Events not readable", zh: "部分事件無法讀取" }
    events_unreadable_do() {
        en: "Look through the last events in the PCE's console. If it happens again, see whether a proxy on the way changes answers.",
        zh: "請在 PCE 主控台查看最近的事件。若再次發生，請確認中途的 Proxy 是否更動了回應內容。"
    }
    archive_left_out() { en: "Records not archived", zh: "部分紀錄未封存" }
    archive_left_out_do() {
        en: "The alerts are complete. To keep everything, run more often, or narrow the rule that matches the most traffic.",
        zh: "警示不受影響。若需保留全部紀錄，請縮短執行間隔，或縮小比對最多流量之規則的範圍。"
    }
    traffic_skipped() { en: "Traffic skipped", zh: "部分流量已略過" }
    traffic_skipped_do() {
        en: "No rule has seen it: look at the traffic of that time in the PCE's Explorer. To have longer backlogs fetched, raise settings.max_catch_up_hours.",
        zh: "這些流量未經任何規則比對，請在 PCE 的 Explorer 查看該期間。若要補抓更長的積壓，請調高 settings.max_catch_up_hours。"
    }
    unknown_decisions() { en: "A policy decision that is not known", zh: "出現無法辨識的政策決策" }
    unknown_decisions_do() {
        en: "See in the PCE's Explorer what these flows are; a rule with pd -1 counts them. A newer version of the monitor may know the decision.",
        zh: "請在 PCE 的 Explorer 查看這些流量；pd 為 -1 的規則會計入。較新版本的監控程式可能已支援此決策。"
    }
    traffic_regrouped() { en: "The PCE regrouped its rows of traffic", zh: "PCE 重新歸併了流量紀錄" }
    traffic_regrouped_do() {
        en: "If the PCE was upgraded, restored or failed over: nothing. Otherwise look at the traffic of the last hours in the PCE's Explorer.",
        zh: "若 PCE 剛升級、還原或切換節點，則不需處理；否則請在 PCE 的 Explorer 查看最近數小時的流量。"
    }
    gap(time) { en: "No run for {time}", zh: "有 {time}沒有執行監控" }
    gap_do() {
        en: "If nobody stopped it on purpose: on the host, look at how long it has been up (`uptime`), at the cron entry or the timer, and at their log for that time.",
        zh: "若非人為停止，請在主機上確認開機時間（`uptime`）、cron 設定或 timer，以及該期間的記錄檔。"
    }
    runs_died() { en: "Runs end before their time", zh: "多次執行未能正常結束" }
    runs_died_do() {
        en: "Nothing is lost: each run goes on where the last save was. On the host, find who or what ends them: the kernel for want of memory (`journalctl -k`), a time limit of cron or the unit, a person.",
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
        en: "Tell those whom it missed. Correct email.recipients or the mail server, then run `illumio-monitor test-mail`.",
        zh: "請轉告未收到的人。修正 email.recipients 或郵件伺服器後，執行 `illumio-monitor test-mail`。"
    }
}
