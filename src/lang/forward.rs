//! What is said of handing on: of receivers that fail, and by the doctor.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    failed(name, place, cause) {
        en: "Receiver {name} ({place}): {cause}. Its records wait, and the next run tries again.",
        zh: "接收端 {name}（{place}）：{cause}。要轉送給它的紀錄會保留，下次執行時再試。"
    }
    fails(name, place, cause) {
        en: "receiver {name} ({place}): {cause}",
        zh: "接收端 {name}（{place}）：{cause}"
    }
    name(said) {
        en: "its name cannot be looked up ({said}); check url and the name server",
        zh: "無法解析主機名稱（{said}）；請檢查 url 與名稱伺服器"
    }
    system(said) {
        en: "{said}; check url, and whether the receiver listens there",
        zh: "{said}；請檢查 url，並確認接收端是否在該處接收"
    }
    denied(said) {
        en: "{said}; check url, and the permissions of this program's user there",
        zh: "{said}；請檢查 url，以及執行本程式的使用者在該處的權限"
    }
    file(said) {
        en: "{said}; check path, and the permissions of this program's user there",
        zh: "{said}；請檢查 path，以及執行本程式的使用者在該處的權限"
    }
    timeout() {
        en: "it did not accept the data in time; check url, the network and whether the receiver runs",
        zh: "逾時仍未接收資料；請檢查 url、網路，以及接收端是否正在執行"
    }
    closed() {
        en: "it closed the connection before it had everything; look at the receiver's own log, and whether its port requires TLS",
        zh: "收完之前即中斷連線；請查看接收端的紀錄，並確認該連接埠是否須使用 TLS"
    }
    stays_open() {
        en: "it did not close the connection after everything was sent, so nobody knows what it has read; check whether it hangs",
        zh: "內容送完後對方未關閉連線，無法得知讀取了多少；請確認接收端是否停止回應"
    }
    busy() {
        en: "another config's run is writing there now; give each config its own folder in path",
        zh: "另一份設定檔的執行正在寫入該處；請在 path 為每份設定檔指定各自的資料夾"
    }

    writable(name, file) {
        en: "receiver {name}: {file} can be written",
        zh: "接收端 {name}：{file} 可寫入"
    }
    reached(name, place) {
        en: "receiver {name}: {place} accepts the connection; nothing was sent",
        zh: "接收端 {name}：{place} 接受連線；未傳送任何內容"
    }
    aimed(name, place) {
        en: "receiver {name}: records go to {place}; delivery cannot be confirmed",
        zh: "接收端 {name}：紀錄會送往 {place}；但無從得知是否送達"
    }
    no_receipt() {
        en: "syslog has no receipts: a record may arrive twice (with the same id), and one may be lost on the way",
        zh: "syslog 沒有送達確認機制：同一筆紀錄可能重複送達（id 相同），也可能在途中遺失"
    }
    aimed_fix() {
        en: "If every record matters, use tls:// or a file.",
        zh: "若每筆紀錄都很重要，請改用 tls:// 或檔案。"
    }
    fails_fix() {
        en: "Fix that, or the entry under forward; records wait for up to 30 days.",
        zh: "請修正該處，或 forward 中的該項；紀錄最多保留 30 天。"
    }

    want_list(found) {
        en: "a list of receivers is expected, for example [{{\"name\": \"siem\", \"via\": \"syslog\", \"url\": \"tcp://siem.example.com:601\"}}], not {found}",
        zh: "應為接收端的清單，例如 [{{\"name\": \"siem\", \"via\": \"syslog\", \"url\": \"tcp://siem.example.com:601\"}}]，而非{found}"
    }
    too_many(found, most) {
        en: "has {found} receivers, and at most {most} are allowed; remove some",
        zh: "有 {found} 個接收端，最多 {most} 個；請移除一些"
    }
    bad_name() {
        en: "must be a name of up to 64 characters without control characters, for example \"siem\"",
        zh: "應為不含控制字元、最多 64 個字的名稱，例如 \"siem\""
    }
    double_name(name) {
        en: "\"{name}\" is already another receiver's name; give each its own",
        zh: "「{name}」已是另一個接收端的名稱；請分別命名"
    }
    double_path() {
        en: "another receiver already writes the same file; name another folder, or remove one of the two",
        zh: "另一個接收端已寫入同一個檔案；請指定其他資料夾，或移除其中一個"
    }
    not_for(via) {
        en: "has no effect with \"via\": \"{via}\"; remove it",
        zh: "與 \"via\": \"{via}\" 併用沒有作用；請移除"
    }
    not_for_scheme(scheme) {
        en: "has no effect with {scheme}://; remove it",
        zh: "與 {scheme}:// 併用沒有作用；請移除"
    }
    bad_url(found) {
        en: "\"{found}\" is not a valid address; write tcp://siem.example.com:601, tls://siem.example.com:6514, udp://siem.example.com:514 or unix:///dev/log",
        zh: "「{found}」不是可用的位址；請寫成 tcp://siem.example.com:601、tls://siem.example.com:6514、udp://siem.example.com:514 或 unix:///dev/log"
    }
    no_such_rule(id) {
        en: "there is no rule {id}; nothing is forwarded for it",
        zh: "沒有 id 為 {id} 的規則；不會為它轉送任何內容"
    }

    begins(name) {
        en: "Alerts not forwarded to {name}",
        zh: "警示無法轉送至 {name}"
    }
    lasts(name) {
        en: "Alerts still not forwarded to {name}",
        zh: "警示仍無法轉送至 {name}"
    }
    ended(name) {
        en: "Alerts forwarded again to {name}",
        zh: "警示已恢復轉送至 {name}"
    }

    dropped(name) {
        en: "Records for {name} dropped",
        zh: "捨棄要轉送給 {name} 的紀錄"
    }
    dropped_text(name, records) {
        en: "The receiver {name} (forward) did not accept records for so long that the oldest were dropped, {records} of them: at most 20,000 records, 8 MiB and 30 days are kept. Their contents were also mailed.",
        zh: "接收端 {name}（forward）長時間未接收轉送的紀錄，因此捨棄最舊的 {records} 筆：最多保留 20,000 筆、8 MiB 與 30 天。這些內容都已由郵件通知。"
    }
    dropped_do() {
        en: "Make the receiver accept records again: `illumio-monitor check` says what fails. What it missed is in the mails.",
        zh: "請讓接收端恢復收件：`illumio-monitor check` 會指出失敗原因。缺少的內容可在郵件中找到。"
    }
    let_go(name) {
        en: "Records for {name} discarded",
        zh: "捨棄等待轉送給 {name} 的紀錄"
    }
    let_go_text(name, records) {
        en: "{name} is no longer listed under forward; {records} records that were waiting for it were discarded. Their contents were also mailed.",
        zh: "接收端 {name} 已不在 forward 中，原本等待轉送的 {records} 筆紀錄已捨棄。這些內容都已由郵件通知。"
    }
    let_go_do() {
        en: "Nothing to do if this was intended. A receiver whose name changes is a new one.",
        zh: "若為預期的變更則不需處理。改名的接收端視為新的接收端。"
    }
}
