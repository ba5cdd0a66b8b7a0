//! What is said of the record archive.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    folder(path, error) {
        en: "The archive's folder {path} cannot be used ({error}). Let the program's user write there, or change settings.archive_dir.",
        zh: "無法使用封存資料夾 {path}（{error}）。請讓執行本程式的使用者可寫入該處，或修改 settings.archive_dir。"
    }
    write(path, error) {
        en: "The archive's file {path} cannot be written ({error}). Make space, or let the program's user write there, or change settings.archive_dir.",
        zh: "無法寫入封存檔 {path}（{error}）。請清出磁碟空間，或讓執行本程式的使用者可寫入該處，或修改 settings.archive_dir。"
    }
    busy(path) {
        en: "Another config's run archives to {path} at this moment. Give each config a folder of its own in settings.archive_dir.",
        zh: "另一份設定檔的執行正在封存至 {path}。請在 settings.archive_dir 為每份設定檔指定各自的資料夾。"
    }
    none_of_this_run(reason) {
        en: "{reason} The records of this run are not archived.",
        zh: "{reason}本次執行的紀錄未封存。"
    }
    lost(reason, records) {
        en: "{reason} Records of this run that are not archived: {records}.",
        zh: "{reason}本次執行未封存的紀錄數：{records}。"
    }
    not_yet(reason) {
        en: "{reason} The records of this run wait there; the next run tries again.",
        zh: "{reason}本次執行的紀錄暫存於該處，下次執行時會再試一次。"
    }
    given_up(records) {
        en: "The state could not be saved beside the records for the archive; they were let go to make space. Records of this run that are not archived: {records}.",
        zh: "待封存的紀錄佔用空間，導致狀態無法儲存；已捨棄這些紀錄以釋出空間。本次執行未封存的紀錄數：{records}。"
    }
    left_out(records) {
        en: "More came at once than the archive keeps (60 MiB of events, 60 MiB of flows). Records of this run that are not archived: {records}.",
        zh: "一次取得的紀錄超過封存的容量（事件與流量各 60 MiB）。本次執行未封存的紀錄數：{records}。"
    }

    begins() { en: "Records not archived", zh: "紀錄無法封存" }
    lasts() { en: "Records still not archived", zh: "紀錄仍無法封存" }
    ended() { en: "Records are archived again", zh: "紀錄已恢復封存" }
    means() {
        en: "Events and flows can't be written to settings.archive_dir. Alerts are not touched by it; the archive has a gap.",
        zh: "事件與流量無法寫入 settings.archive_dir。告警不受影響，但封存的紀錄會有缺漏。"
    }
    was(time) { en: "Records were not archived for {time}.", zh: "紀錄曾無法封存，歷時 {time}。" }
    ended_do() {
        en: "Nothing. The records of the time between may be missing from the archive; they were counted all the same.",
        zh: "不需處理。封存中可能缺少這段期間的紀錄，但規則仍已計入。"
    }
    what_to_do() {
        en: "Make space on that disk and let the program's user write to the folder, or change settings.archive_dir.",
        zh: "請清出該磁碟的空間並讓執行本程式的使用者可寫入該資料夾，或修改 settings.archive_dir。"
    }
}
