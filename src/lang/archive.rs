//! What is said of the record archive.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    folder(path, error) {
        en: "The archive's folder {path} cannot be used ({error}). Let the program's user write there, or change settings.archive_dir.",
        zh: "無法使用封存資料夾 {path}（{error}）。請讓執行本程式的使用者可寫入該處，或修改 settings.archive_dir。"
    }
    write(path, error) {
        en: "The archive's file {path} cannot be written ({error}). Free some space, or let the program's user write there, or change settings.archive_dir.",
        zh: "無法寫入封存檔 {path}（{error}）。請清出磁碟空間，或讓執行本程式的使用者可寫入該處，或修改 settings.archive_dir。"
    }
    read(path, error) {
        en: "The archive's file {path} cannot be read ({error}). Name the folder in which events.jsonl and flows.jsonl are.",
        zh: "無法讀取封存檔 {path}（{error}）。請指定 events.jsonl 與 flows.jsonl 所在的資料夾。"
    }
    busy(path) {
        en: "Another config's run is archiving to {path} now. Give each config its own folder in settings.archive_dir.",
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
        en: "The state could not be saved together with the records for the archive; the records were dropped to free space. Records of this run that are not archived: {records}.",
        zh: "待封存的紀錄佔用空間，導致狀態無法儲存；已捨棄這些紀錄以釋出空間。本次執行未封存的紀錄數：{records}。"
    }
}
