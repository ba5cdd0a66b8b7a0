//! What is said when mail is not delivered.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::envelope::shown;
use super::{Cause, Note, Objection, Refused, SmtpError, Step};
use crate::lang::{Lang, texts};

texts! {
    failed(server, step, cause) {
        en: "Mail server {server}: {step}: {cause}.",
        zh: "郵件伺服器 {server}：{step}：{cause}。"
    }
    in_doubt(sentence) {
        en: "{sentence} The server may have the mail; it is sent again with the same Message-ID.",
        zh: "{sentence}伺服器可能已收下這封信；將以相同的 Message-ID 重寄。"
    }
    refused(recipient, server, code, text) {
        en: "{recipient}: refused by the mail server {server} at RCPT TO: {code} {text}",
        zh: "{recipient}：郵件伺服器 {server} 於 RCPT TO 拒收：{code} {text}"
    }
    helo_is_meant(sentence) {
        en: "{sentence}. It rejects the name by which this host introduces itself (EHLO), not the recipient, and the mail waits: give this host a name with a domain (hostnamectl set-hostname monitor.example.com), or have the mail server accept it as it is (Postfix: mynetworks).",
        zh: "{sentence}。對方不接受的是這台主機於 EHLO 自報的名稱，而非收件者，郵件將保留等候：請為這台主機設定含網域的名稱（hostnamectl set-hostname monitor.example.com），或請郵件伺服器放行（Postfix：mynetworks）。"
    }
    client_is_meant(sentence) {
        en: "{sentence}. It rejects this host, not the recipient, and the mail waits: have the mail server accept mail from this host's address (Postfix: mynetworks), or give the address a name in DNS.",
        zh: "{sentence}。對方不接受的是這台主機，而非收件者，郵件將保留等候：請郵件伺服器放行這台主機的位址（Postfix：mynetworks），或為該位址設定 DNS 反解名稱。"
    }
    sender_is_meant(sentence) {
        en: "{sentence}. It rejects the sender, not the recipient, and the mail waits: set email.sender, or email.envelope_sender, to an address that this mail server accepts.",
        zh: "{sentence}。對方不接受的是寄件者，而非收件者，郵件將保留等候：請將 email.sender 或 email.envelope_sender 設為此郵件伺服器接受的地址。"
    }
    in_the_clear(server, reason) {
        en: "STARTTLS with {server} failed ({reason}); mail was sent unencrypted. Fix the server's TLS, or set smtp.tls to none.",
        zh: "與 {server} 進行 STARTTLS 失敗（{reason}），郵件改以未加密方式寄出。請修正該伺服器的 TLS 設定，或將 smtp.tls 設為 none。"
    }
    reply(code, text) {
        en: "it answered {code} {text}",
        zh: "伺服器回應 {code} {text}"
    }
    timeout() {
        en: "no answer in time; check smtp.host, smtp.port and the network",
        zh: "逾時沒有回應；請檢查 smtp.host、smtp.port 與網路"
    }
    network(reason) {
        en: "{reason}; check smtp.host, smtp.port, and whether the mail server runs",
        zh: "{reason}；請檢查 smtp.host、smtp.port，以及郵件伺服器是否正在執行"
    }
    closed() {
        en: "it closed the connection",
        zh: "伺服器中斷連線"
    }
    no_address() {
        en: "the name has no address; check smtp.host",
        zh: "此名稱查不到位址；請檢查 smtp.host"
    }
    host_name() {
        en: "TLS needs a host name or an address in smtp.host",
        zh: "使用 TLS 時，smtp.host 必須是主機名稱或 IP 位址"
    }
    too_long() {
        en: "its answer is too long to be SMTP; check smtp.host and smtp.port",
        zh: "回應過長，不像 SMTP；請檢查 smtp.host 與 smtp.port"
    }
    not_smtp() {
        en: "what answers there is not a mail server; check smtp.port, and smtp.tls (implicit is for 465)",
        zh: "對方不是郵件伺服器；請檢查 smtp.port 與 smtp.tls（implicit 用於 465）"
    }
    no_starttls() {
        en: "it offers no STARTTLS, which smtp.tls requires",
        zh: "伺服器不提供 STARTTLS，但 smtp.tls 要求使用"
    }
    no_auth() {
        en: "it offers neither AUTH PLAIN nor AUTH LOGIN; remove smtp.user, or use the submission port (587)",
        zh: "伺服器不提供 AUTH PLAIN 或 AUTH LOGIN；請移除 smtp.user，或改用投遞用的連接埠（587）"
    }
    login_in_the_clear() {
        en: "the password would be sent unprotected; set smtp.tls to starttls or implicit",
        zh: "密碼將在未受保護的連線上傳送；請將 smtp.tls 設為 starttls 或 implicit"
    }
    address(text) {
        en: "\"{text}\" is not a sender's address; correct email.sender or email.envelope_sender",
        zh: "「{text}」不是有效的寄件地址；請修正 email.sender 或 email.envelope_sender"
    }
    no_utf8() {
        en: "it accepts only ASCII addresses (no SMTPUTF8)",
        zh: "伺服器只接受 ASCII 郵件地址（不支援 SMTPUTF8）"
    }
    step_resolve() { en: "looking up its name", zh: "查詢名稱" }
    step_connect() { en: "connecting", zh: "連線" }
    step_greeting() { en: "greeting", zh: "問候訊息" }
    step_tls() { en: "TLS", zh: "TLS" }
    step_auth() { en: "logging in", zh: "登入" }
    step_content() { en: "sending the message", zh: "傳送郵件內容" }
    step_end() { en: "end of the message", zh: "郵件內容結尾" }
}

impl SmtpError {
    /// A finished sentence: where, at which step, what happened.
    pub fn text(&self, lang: Lang) -> String {
        let sentence = failed(lang, &self.server, self.step.text(lang), self.cause.text(lang));
        if self.in_doubt { in_doubt(lang, sentence) } else { sentence }
    }
}

impl Step {
    /// The step's name; the verb itself where that is what an administrator looks for.
    pub fn text(self, lang: Lang) -> String {
        match self {
            Self::Resolve => step_resolve(lang),
            Self::Connect => step_connect(lang),
            Self::Greeting => step_greeting(lang),
            Self::Hello => "EHLO".to_owned(),
            Self::Tls => step_tls(lang),
            Self::Auth => step_auth(lang),
            Self::Mail => "MAIL FROM".to_owned(),
            Self::Recipient => "RCPT TO".to_owned(),
            Self::Data => "DATA".to_owned(),
            Self::Content => step_content(lang),
            Self::End => step_end(lang),
            Self::Reset => "RSET".to_owned(),
        }
    }
}

impl Cause {
    /// A clause without a full stop.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Reply(said) => reply(lang, said.code, &said.text),
            Self::Network(said) => network(lang, said),
            Self::Timeout => timeout(lang),
            Self::Closed => closed(lang),
            Self::NoAddress => no_address(lang),
            Self::Tls(problem) => problem.text(lang),
            Self::Setup(error) => error.text(lang).trim_end_matches(['.', '。']).to_owned(),
            Self::HostName => host_name(lang),
            Self::TooLong => too_long(lang),
            Self::NotSmtp => not_smtp(lang),
            Self::NoStarttls => no_starttls(lang),
            Self::NoAuth => no_auth(lang),
            Self::LoginInTheClear => login_in_the_clear(lang),
            Self::Address(text) => address(lang, text),
            Self::NoUtf8 => no_utf8(lang),
        }
    }
}

impl Refused {
    /// Who, and what the server said; where it objects to something else, to what, and
    /// what to do.
    pub fn text(&self, lang: Lang) -> String {
        let said = self.said(lang);
        match self.objection {
            Objection::Recipient => said,
            Objection::Helo => helo_is_meant(lang, said),
            Objection::Client => client_is_meant(lang, said),
            Objection::Sender => sender_is_meant(lang, said),
        }
    }

    /// Who, and what the server said.
    pub fn said(&self, lang: Lang) -> String {
        refused(lang, shown(&self.recipient), &self.server, self.reply.code, &self.reply.text)
    }
}

impl Note {
    /// A finished sentence.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::SentInTheClear { server, cause } => in_the_clear(lang, server, cause.text(lang)),
        }
    }
}
