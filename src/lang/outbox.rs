//! What is said of mail that waited.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    late(since) {
        en: "This mail was made at {since} and could not be delivered until now.",
        zh: "本郵件於 {since} 產生，直到現在才得以寄出。"
    }
    dropped(subject, refusal) {
        en: "The mail \"{subject}\" went out without one recipient. {refusal}",
        zh: "郵件「{subject}」未能寄給其中一位收件者。{refusal}"
    }
    given_up(made_at, subject) {
        en: "The mail \"{subject}\" of {made_at} could not be delivered for 30 days and was given up.",
        zh: "{made_at} 的郵件「{subject}」已連續 30 天無法寄達，不再嘗試。"
    }
    merged_subject(site) {
        en: "[Illumio Monitor] {site}: alerts that waited for delivery",
        zh: "[Illumio Monitor] {site}：延遲寄出的告警"
    }
    without_details(since) {
        en: "Since {since} mail could not be delivered. So many alerts were waiting that only one line is left of each:",
        zh: "自 {since} 起郵件無法寄出。等待寄出的告警過多，每則告警僅保留一行："
    }
    unconfirmed(since) {
        en: "Since {since} the mail server took mail twice and never confirmed it. What it told may have come already, or not at all; here is a line for each:",
        zh: "自 {since} 起，郵件伺服器兩度收下郵件卻始終未確認。以下內容可能早已送達，也可能從未送達；每則僅列一行："
    }
    still_unconfirmed(mails) {
        en: "Handed to the mail server twice and never confirmed, in mails: {mails}. They may have arrived or not, and are not sent a third time; what they told comes as lines once the server confirms a mail, or after four hours. Look into the mail server's log for why it drops the line.",
        zh: "已兩度交給郵件伺服器但始終未獲確認的郵件數：{mails}。這些郵件可能已送達，也可能沒有，不會寄出第三次；待伺服器確認任一郵件，或四小時後，其內容將以逐行摘要寄出。請查看郵件伺服器的記錄檔，找出連線中斷的原因。"
    }
}
