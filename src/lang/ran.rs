//! What a run on a terminal says when it is done.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    read(time, events, rows) {
        en: "{time}: read {events} and {rows} of traffic.",
        zh: "{time}：已讀取事件 {events}、流量 {rows}。"
    }
    nothing_read(time) { en: "{time}: nothing was read.", zh: "{time}：未讀取任何資料。" }
    nothing_new() { en: "Nothing new to report.", zh: "沒有新的內容需要通知。" }
    alerts(list) { en: "Alerts: {list}.", zh: "警示：{list}。" }
    beside(list) { en: "Also reported: {list}.", zh: "另通知：{list}。" }
    alert(level, name) { en: "{name} ({level})", zh: "{name}（{level}）" }
    holds(list) { en: "Active now: {list}.", zh: "目前持續中：{list}。" }
    and_more(list, count) { en: "{list} and {count} more", zh: "{list} 等，另有 {count} 項" }
    mails(count) {
        en: "Mails sent: {count}.",
        zh: "已寄出 {count} 封郵件。"
    }
    waiting(count) {
        en: "Mails waiting for the next run: {count}.",
        zh: "{count} 封郵件等待下次執行時寄出。"
    }
    retry() {
        en: "Part of this run failed (see above); the next run retries it.",
        zh: "部分工作未完成，原因如上；下次執行會再嘗試。"
    }
    person() {
        en: "Fix the problem above, then run again.",
        zh: "上述問題須人工處理後才能繼續。"
    }
}
