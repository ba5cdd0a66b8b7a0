//! What `status` says, behind the word of its exit code.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    ago(minutes) { en: "{minutes} min ago", zh: "{minutes} 分鐘前" }
    never() { en: "never", zh: "從未" }
    complete(age) { en: "last complete run {age}", zh: "上次完整執行：{age}" }
    never_ran() {
        en: "no run yet; start one with `illumio-monitor run`, and have cron or the timer do it",
        zh: "尚未執行過；請以 `illumio-monitor run` 執行一次，並設定 cron 或 timer 定期執行"
    }
    not_started(last, complete) {
        en: "last run {last}, last complete run {complete}; check that cron or the timer starts it",
        zh: "上次執行：{last}，上次完整執行：{complete}；請檢查 cron 或 timer 是否正常啟動"
    }
    incomplete(complete, last, outcome) {
        en: "last complete run {complete}; the last run, {last}, ended with {outcome}",
        zh: "上次完整執行：{complete}；最近一次執行（{last}）的結果為 {outcome}"
    }
    waiting(count) { en: "; mails waiting: {count}", zh: "；待寄郵件 {count} 封" }
    died(begun) {
        en: "; the run started at {begun} did not finish",
        zh: "；{begun} 開始的執行未能正常結束"
    }
    paused(count) { en: "; pauses in effect: {count}", zh: "；生效中的暫停：{count}" }
    holds(names) { en: "; now: {names}", zh: "；目前：{names}" }
    more_hold(count) { en: " and {count} more", zh: " 等，另有 {count} 項" }
    because(detail) { en: "; {detail}", zh: "；{detail}" }
}
