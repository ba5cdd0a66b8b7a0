//! What is said of mail that waited.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Detached, Failure, Lost, Reader};
use crate::lang::{Lang, texts};

texts! {
    late(since) {
        en: "This mail was created at {since} and could not be delivered until now.",
        zh: "本郵件於 {since} 產生，直到現在才得以寄出。"
    }
    dropped(subject, refusal) {
        en: "The mail \"{subject}\" was sent without one recipient. {refusal}",
        zh: "郵件「{subject}」未能寄給其中一位收件者。{refusal}"
    }
    handed_over(subject, refusal) {
        en: "The mail server refuses everybody the mail \"{subject}\" is for; it goes to email.recipients instead. {refusal}",
        zh: "郵件伺服器拒絕郵件「{subject}」的所有收件者，已改寄給 email.recipients。{refusal}"
    }
    given_up(made_at, subject) {
        en: "The mail \"{subject}\" of {made_at} could not be delivered for 30 days and was given up.",
        zh: "{made_at} 的郵件「{subject}」已連續 30 天無法寄達，不再嘗試。"
    }
    merged() { en: "Alerts that waited for delivery", zh: "延遲寄出的警示" }
    detached_by_the_bound() {
        en: "The attached records were removed: too much mail was waiting.",
        zh: "等待寄出的郵件過多，已移除附加的紀錄檔。"
    }
    detached_by_the_server() {
        en: "The attached records were removed: the mail server accepts no mail of that size.",
        zh: "郵件伺服器不接受此大小的郵件，已移除附加的紀錄檔。"
    }
    without_details(since) {
        en: "Since {since} mail could not be delivered. So many alerts were waiting that only one line is left of each:",
        zh: "自 {since} 起郵件無法寄出。等待寄出的警示過多，每則警示僅保留一行："
    }
    unconfirmed(since) {
        en: "This mail was created at {since}. The mail server received it twice and never confirmed it, so you may already have it.",
        zh: "本郵件於 {since} 產生。郵件伺服器曾兩度收下卻始終未確認，因此您可能已經收到過。"
    }
    still_unconfirmed(mails) {
        en: "Sent to the mail server twice and never confirmed, in mails: {mails}. They may have arrived or not; each is sent again once the server confirms another mail; otherwise in the next run in which the server answers normally, then after one hour, then every four hours. Check the mail server's log for why it drops the connection.",
        zh: "已兩度交給郵件伺服器但始終未獲確認的郵件數：{mails}。這些郵件可能已送達，也可能沒有；伺服器一旦確認其他郵件，便會再次寄出；否則於伺服器正常回應的下一次執行時再試，接著隔一小時，之後每四小時一次。請查看郵件伺服器的紀錄檔，找出連線中斷的原因。"
    }
}

impl Failure {
    /// A finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Failed(error) => error.text(lang),
            Self::Refused(refused) => refused.text(lang),
            Self::Unconfirmed(mails) => still_unconfirmed(lang, mails),
        }
    }
}

impl Detached {
    /// A finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::ByTheBound => detached_by_the_bound(lang),
            Self::ByTheServer => detached_by_the_server(lang),
            Self::Said(sentence) => sentence.clone(),
        }
    }
}

impl Lost {
    /// A finished sentence.
    pub fn text(&self, reader: &Reader) -> String {
        let lang = reader.lang;
        match self {
            Self::Recipient { subject, refused } => dropped(lang, subject, refused.text(lang)),
            Self::HandedOver { subject, refused } => handed_over(lang, subject, refused.text(lang)),
            Self::GivenUp { subject, made_at } => given_up(lang, reader.time(*made_at), subject),
            Self::Said(sentence) => sentence.clone(),
        }
    }
}
