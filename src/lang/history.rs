//! What `history` says, and the rule lists of when a rule last alerted.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    col_at() { en: "reported at", zh: "通知時間" }
    col_level() { en: "level", zh: "等級" }
    col_what() { en: "what", zh: "內容" }
    col_count() { en: "count", zh: "次數" }
    col_period() { en: "first – last", zh: "首次 – 末次" }
    col_worst() { en: "worst", zh: "最嚴重" }
    col_became() { en: "what became of it", zh: "後續" }
    col_last_alerted() { en: "last alerted", zh: "上次警示" }

    none() { en: "Nothing was reported in that time.", zh: "此期間沒有任何通知。" }
    none_at_all() { en: "Nothing has been reported yet.", zh: "尚無任何通知。" }
    bad_since(text) {
        en: "--since: \"{text}\" is not a time; write 30m, 24h or 7d, a date as 2026-11-22, or RFC 3339 as 2026-11-22T08:00:00Z",
        zh: "--since：「{text}」不是時間；請填 30m、24h 或 7d、日期（例如 2026-11-22），或 RFC 3339（例如 2026-11-22T08:00:00Z）"
    }

    rule_gone(id) { en: "{id} (rule deleted)", zh: "{id}（規則已刪除）" }
    begins(rule) { en: "{rule}: begins", zh: "{rule}：開始" }
    lasts(rule) { en: "{rule}: still ongoing", zh: "{rule}：持續" }
    ended(rule) { en: "{rule}: over", zh: "{rule}：結束" }
    worst_of(worst, more) { en: "{worst} +{more}", zh: "{worst} +{more}" }
    at_least(count) { en: "≥ {count}", zh: "≥ {count}" }

    held() { en: "held back", zh: "暫停保留" }
    waits() { en: "waiting for the mail server", zh: "等待寄出" }
    delivered() { en: "delivered", zh: "已送達" }
    delivered_late(at) { en: "delivered {at}", zh: "{at} 送達" }
    given_up(at) { en: "given up {at}", zh: "{at} 放棄寄送" }
    merged(became) { en: "merged, {became}", zh: "已合併，{became}" }
    in_mails(became, mails) { en: "{became} (mails: {mails})", zh: "{became}（{mails} 封郵件）" }
    in_part(delivered, mails) { en: "{delivered} of {mails} mails delivered", zh: "{mails} 封郵件中 {delivered} 封已送達" }
}
