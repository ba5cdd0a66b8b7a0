//! The versions of the config: what was changed, by whom, and what is taken back.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    by_menu() { en: "menu", zh: "選單" }
    by_hand() { en: "by hand", zh: "手動編輯" }
    nobody_known() { en: "-", zh: "-" }
    row(number, time, who, by) { en: "{number}  {time}  {who}  {by}", zh: "{number}  {time}  {who}  {by}" }
    rule(which) { en: "rule {which}", zh: "規則 {which}" }
    pause(which) { en: "pause {which}", zh: "暫停 {which}" }
    secret_set(what) { en: "{what}: set (not shown)", zh: "{what}：已設定（不顯示）" }
    secret_changed(what) { en: "{what}: changed (not shown)", zh: "{what}：已變更（不顯示）" }
    set(what, value) { en: "{what}: set to {value}", zh: "{what}：設為 {value}" }
    removed(what) { en: "{what}: removed", zh: "{what}：已移除" }
    changed(what, before, after) { en: "{what}: {before} → {after}", zh: "{what}：{before} → {after}" }
    element_added(what, name) { en: "{what} added: {name}", zh: "{what} 已新增：{name}" }
    element_removed(what, name) { en: "{what} removed: {name}", zh: "{what} 已刪除：{name}" }
    no_json() {
        en: "the whole text: the file before or after is not valid JSON",
        zh: "整份內容：變更前或變更後的檔案不是有效的 JSON"
    }
    layout_only() { en: "layout only; no value changed", zh: "僅調整排版，內容未變更" }
    more(count) { en: "and {count} more", zh: "另有 {count} 項" }
    none() {
        en: "No change of the config is on record yet. From now on the last ten are kept, with the versions before them.",
        zh: "尚無設定變更紀錄。此後會保留最近十次變更及其先前的版本。"
    }
    too_large() {
        en: "No change can be taken back: the last one was too large to be kept (over 96 KiB compressed), and those before it could not be kept without it. The next change is on record again.",
        zh: "沒有可還原的變更：最近一次變更過大（壓縮後超過 96 KiB）而未保留，更早的變更也因此無法保留。下一次變更會再開始記錄。"
    }
    no_such(number) {
        en: "There is no change {number} on record; `illumio-monitor config history` lists those that are.",
        zh: "沒有編號 {number} 的變更紀錄；可用的紀錄請執行 `illumio-monitor config history` 查看。"
    }
    not_a_number(text) {
        en: "\"{text}\" is no change's number; `illumio-monitor config history` lists them.",
        zh: "「{text}」不是變更編號；請執行 `illumio-monitor config history` 查看。"
    }
    takes_back(number) {
        en: "Taking back change {number} changes this:",
        zh: "還原變更 {number} 會有下列更動："
    }
    takes_back_to(number, last) {
        en: "Taking back the changes {number} to {last} changes this:",
        zh: "還原變更 {number} 至 {last} 會有下列更動："
    }
    ask() { en: "Go back to that version?", zh: "要還原成該版本嗎？" }
    ask_on_terminal() { en: "Go back to that version? [y/N] ", zh: "要還原成該版本嗎？[y/N] " }
    needs_yes() {
        en: "Nothing was changed: there is no terminal to confirm on; use --yes.",
        zh: "未變更任何內容：沒有終端機可供確認。加上 --yes 可略過確認。"
    }
    not_done() { en: "Nothing was changed.", zh: "未變更任何內容。" }
    done(number) {
        en: "The config is as it was before change {number}. This is a change of its own: `illumio-monitor config undo` takes it back.",
        zh: "設定已還原為變更 {number} 之前的版本。這次還原也是一次變更：執行 `illumio-monitor config undo` 即可取消。"
    }
    done_for_good(number) {
        en: "The config is as it was before change {number}. What it replaced is not on record: this cannot be taken back.",
        zh: "設定已還原為變更 {number} 之前的版本。被取代的內容未留下紀錄，這次還原無法取消。"
    }
    forgets() {
        en: "The runs since then polled another PCE or org: the next run starts afresh on this one, and its positions and counts of before are gone. Waiting mail is kept.",
        zh: "此後的執行輪詢的是另一個 PCE 或組織：下次執行會重新開始，先前的讀取位置與計數不會恢復；待寄郵件會保留。"
    }
    loses() {
        en: "The present text is too large to be recorded: this cannot be taken back. Copy the file first if you need it.",
        zh: "目前的內容過大，無法留下紀錄，還原後無法取消。如需保留，請先複製檔案。"
    }
    would_be_wrong() {
        en: "That version has problems; no run reads it until they are fixed:",
        zh: "該版本有下列問題，修正之前無法執行："
    }
    refused() {
        en: "Nothing was changed: that version has the problems above. `illumio-monitor config undo` on a terminal, without --yes, goes back to it once you confirm.",
        zh: "未變更任何內容：該版本有上述問題。若仍要還原，請在終端機執行 `illumio-monitor config undo`（不加 --yes）並確認。"
    }
    changed_meanwhile() {
        en: "Nothing was changed: the config was changed meanwhile. Look at `illumio-monitor config history` again.",
        zh: "未變更任何內容：期間設定檔已被修改。請重新查看 `illumio-monitor config history`。"
    }
    entry() { en: "Earlier versions", zh: "先前的版本" }
    entry_value(count) {
        en: "{count} changes can be taken back",
        zh: "可還原最近 {count} 次變更"
    }
    entry_one() { en: "1 change can be taken back", zh: "可還原最近 1 次變更" }
    entry_unreadable() { en: "(cannot be read)", zh: "（無法讀取）" }
    entry_none() { en: "(no change on record)", zh: "（尚無變更紀錄）" }
    which() { en: "Go back to before (number, 0 back)", zh: "還原到哪次變更之前（編號，0 返回）" }
    done_here(number) {
        en: "The config is as it was before change {number}; this can be taken back in the same way.",
        zh: "設定已還原為變更 {number} 之前的版本；可用同樣方式取消這次還原。"
    }
}
