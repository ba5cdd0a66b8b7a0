//! What is said when TLS can't be set up or a certificate is refused.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Problem, TlsError};
use crate::lang::{Lang, texts};

texts! {
    unreadable(file, error) {
        en: "The certificates in {file} cannot be read ({error}). Fix ca_file or the file's permissions.",
        zh: "無法讀取憑證檔 {file}（{error}）。請修正 ca_file 的路徑或該檔案的權限。"
    }
    empty(file) {
        en: "{file} contains no certificate. ca_file must be PEM: text with -----BEGIN CERTIFICATE-----.",
        zh: "{file} 裡沒有任何憑證。ca_file 必須是 PEM 格式，也就是含有 -----BEGIN CERTIFICATE----- 的文字檔。"
    }
    passed_by(file, blocks) {
        en: "{file} contains no certificate, but {blocks}. ca_file must be PEM with -----BEGIN CERTIFICATE-----; convert a PKCS7 file with `openssl pkcs7 -print_certs`.",
        zh: "{file} 裡沒有憑證，只有 {blocks}。ca_file 必須是含有 -----BEGIN CERTIFICATE----- 的 PEM 檔；PKCS7 檔可用 `openssl pkcs7 -print_certs` 轉換。"
    }
    damaged(file, number) {
        en: "Certificate {number} in {file} is damaged. Export it again as PEM.",
        zh: "{file} 裡的第 {number} 張憑證已毀損。請重新匯出為 PEM 格式。"
    }
    proxy(source) {
        en: "The proxy in {source} is not usable. Write http://host:port or http://user:password@host:port; SOCKS is not supported.",
        zh: "{source} 指定的 Proxy 無法使用。請寫成 http://主機:連接埠 或 http://使用者:密碼@主機:連接埠；不支援 SOCKS。"
    }
    library(error) {
        en: "TLS cannot be set up ({error}).",
        zh: "無法初始化 TLS（{error}）。"
    }
    unknown_issuer() {
        en: "its certificate is not signed by a CA that this host trusts; name the CA, or the self-signed certificate itself, in ca_file",
        zh: "其憑證不是由這台主機信任的 CA 簽發；請在 ca_file 指定該 CA，或直接指定其自簽憑證"
    }
    self_signed() {
        en: "its certificate is self-signed, and ca_file does not name it; compare the fingerprint with the server's, save the certificate as PEM and name it in ca_file",
        zh: "其憑證為自簽憑證，且未列於 ca_file；請先與伺服器核對指紋，再將憑證存成 PEM 並於 ca_file 指定"
    }
    p521() {
        en: "its certificate has a P-521 key, which this program does not support; have it reissued with an RSA, P-256 or P-384 key",
        zh: "其憑證使用 P-521 金鑰，本程式不支援；請改用 RSA、P-256 或 P-384 金鑰重新簽發"
    }
    wrong_name(names) {
        en: "its certificate is for another name ({names}); use that name, or have the certificate renewed",
        zh: "其憑證屬於其他名稱（{names}）；請改用該名稱連線，或重新簽發憑證"
    }
    no_name() {
        en: "its certificate names no host (subjectAltName is missing); have it renewed with one",
        zh: "其憑證沒有主機名稱（缺少 subjectAltName）；請重新簽發含主機名稱的憑證"
    }
    expired() {
        en: "its certificate has expired; renew it, or check this host's clock",
        zh: "其憑證已過期；請更新憑證，或檢查這台主機的時鐘"
    }
    not_yet_valid() {
        en: "its certificate is not valid yet; check this host's clock",
        zh: "其憑證尚未生效；請檢查這台主機的時鐘"
    }
    too_old() {
        en: "it supports only TLS 1.1 or older; enable TLS 1.2 or 1.3 there",
        zh: "對方只支援 TLS 1.1 或更舊的版本；請在該端啟用 TLS 1.2 或 1.3"
    }
    nothing_in_common() {
        en: "it accepts no cipher or key type that this program supports; enable ECDHE with AES-GCM or ChaCha20 there, and use an RSA, P-256 or P-384 key",
        zh: "雙方沒有共同的加密套件或金鑰類型；請在該端啟用 ECDHE 搭配 AES-GCM 或 ChaCha20，並使用 RSA、P-256 或 P-384 金鑰"
    }
    not_tls() {
        en: "what answers there does not speak TLS; check the port",
        zh: "對方使用的不是 TLS；請檢查連接埠"
    }
    handshake(error) {
        en: "the TLS handshake failed ({error})",
        zh: "TLS 交握失敗（{error}）"
    }
}

impl TlsError {
    /// A finished sentence: what failed, where, what to do.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Unreadable { file, said } => unreadable(lang, file.display(), said),
            Self::Empty { file, passed_by: blocks } if !blocks.is_empty() => {
                passed_by(lang, file.display(), blocks.join(", "))
            }
            Self::Empty { file, .. } => empty(lang, file.display()),
            Self::Damaged { file, number } => damaged(lang, file.display(), number),
            Self::Proxy { variable } => proxy(lang, variable.unwrap_or("api.proxy")),
            Self::Library(error) => library(lang, error),
        }
    }
}

impl Problem {
    /// A clause that follows the server's name.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::UnknownIssuer => unknown_issuer(lang),
            Self::WrongName(names) if names.is_empty() => no_name(lang),
            Self::WrongName(names) => wrong_name(lang, names.join(", ")),
            Self::Expired => expired(lang),
            Self::NotYetValid => not_yet_valid(lang),
            Self::TooOld => too_old(lang),
            Self::NothingInCommon => nothing_in_common(lang),
            Self::NotTls => not_tls(lang),
            Self::Other(error) => handshake(lang, error),
        }
    }
}
