//! What is said when the PCE does not answer as it should.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Break, Error, Problem, ProxyFault, ProxyProblem};
use crate::lang::{Lang, texts};
use crate::pce::health::Complaint;

texts! {
    unreachable(path, problem) {
        en: "The PCE does not answer: {path}: {problem}. Check api.url, the network and the proxy.",
        zh: "PCE 沒有回應：{path}：{problem}。請檢查 api.url、網路與 Proxy 設定。"
    }
    no_such_host() {
        en: "its name has no address (`illumio-monitor check` says which name server fails)",
        zh: "主機名稱無法解析（`illumio-monitor check` 會指出哪一台名稱伺服器有問題）"
    }
    not_through(path, problem) {
        en: "The PCE is not reached: {path}: {problem}.",
        zh: "無法連線至 PCE：{path}：{problem}。"
    }
    proxy(place, source, fault) {
        en: "the proxy {place} (from {source}) {fault}",
        zh: "Proxy {place}（來自 {source}）{fault}"
    }
    proxy_no_address(source) {
        en: "has a name without an address; check {source} and this host's name servers",
        zh: "的主機名稱無法解析；請檢查 {source} 與這台主機的名稱伺服器"
    }
    proxy_refused(source) {
        en: "refuses the connection, nothing listens on that port; check the port in {source}, and whether the proxy runs",
        zh: "拒絕連線，該連接埠沒有服務在接聽；請檢查 {source} 的連接埠，以及 Proxy 是否正在執行"
    }
    proxy_timeout(source) {
        en: "does not answer in time; check {source}, whether the proxy runs, and the firewalls on the way to it",
        zh: "逾時沒有回應；請檢查 {source}、Proxy 是否正在執行，以及沿途防火牆"
    }
    proxy_network(error, source) {
        en: "cannot be reached ({error}); check {source} and the network",
        zh: "無法連線（{error}）；請檢查 {source} 與網路"
    }
    proxy_tls(problem) { en: "fails at TLS: {problem}", zh: "的 TLS 連線失敗：{problem}" }
    proxy_closed(source) {
        en: "closed the connection without an answer; check {source}, and whether the proxy accepts connections from this host",
        zh: "未回應即中斷連線；請檢查 {source}，以及 Proxy 是否允許這台主機連線"
    }
    proxy_not_http(source) {
        en: "is not an HTTP proxy, or not on this port; check {source}",
        zh: "不是 HTTP Proxy，或連接埠不對；請檢查 {source}"
    }
    proxy_login(source) {
        en: "requires a user and a password (407); write them into {source} as http://user:password@host:port",
        zh: "要求帳號與密碼（407）；請在 {source} 寫成 http://使用者:密碼@主機:連接埠"
    }
    proxy_login_refused(source) {
        en: "refuses the user and password in {source} (407); correct them there (only Basic is supported; %, @, : and / in them are written as %25, %40, %3A and %2F)",
        zh: "拒絕 {source} 中的帳號與密碼（407）；請更正（僅支援 Basic 驗證；其中的 %、@、:、/ 須寫成 %25、%40、%3A、%2F）"
    }
    proxy_forbids(status, target) {
        en: "answers {status} to CONNECT {target}; have it allow CONNECT from this host to there",
        zh: "對 CONNECT {target} 回應 {status}；請在 Proxy 上允許這台主機以 CONNECT 連往該處"
    }
    proxy_fails(status, target) {
        en: "answers {status} to CONNECT {target}: the proxy cannot connect there itself; check its log, and whether it can resolve that name and may connect there",
        zh: "對 CONNECT {target} 回應 {status}，表示 Proxy 本身無法連往該處；請檢查其紀錄，以及它能否解析該名稱並連線"
    }
    timeout() { en: "no response in time", zh: "等候逾時" }
    credentials(path, said) {
        en: "The PCE refuses the API key (401 at {path}{said}). Check api.key and api.secret, whether the key has expired, and whether this host's address may use it.",
        zh: "PCE 拒絕此 API 金鑰（{path} 回應 401{said}）。請檢查 api.key 與 api.secret、金鑰是否過期，以及這台主機的位址是否獲准使用。"
    }
    forbidden(path, status, said) {
        en: "The PCE answers {status} at {path}{said}. Check api.org_id and the key's role: events and health need a global one, such as Global Viewer.",
        zh: "PCE 對 {path} 回應 {status}{said}。請檢查 api.org_id 與金鑰的角色：事件與健康狀態需要全域角色，例如 Global Viewer。"
    }
    rate_limited(path, said) {
        en: "The PCE still answers 429 at {path} after several tries{said}: it has had too many requests. The next run tries again.",
        zh: "多次嘗試後，PCE 對 {path} 仍回應 429{said}：請求過多。下次執行時會再試。"
    }
    refused(path, status, said) {
        en: "The PCE answers {status} at {path}{said}. If this lasts, the PCE's version may not know this request.",
        zh: "PCE 對 {path} 回應 {status}{said}。若持續發生，可能是 PCE 版本不支援此請求。"
    }
    failing(path, status, said) {
        en: "The PCE answers {status} at {path} after several tries{said}. Look at the PCE's own services, or at the proxy in front of it.",
        zh: "多次嘗試後，PCE 對 {path} 仍回應 {status}{said}。請檢查 PCE 本身的服務，或其前方的 Proxy。"
    }
    odd(path, problem) {
        en: "The answer at {path} is not what the PCE's API specifies; it begins: {problem}. Check api.url, and whether a proxy answers instead of the PCE.",
        zh: "{path} 的回應不符合 PCE API 的格式，其開頭為：{problem}。請檢查 api.url，以及是否由 Proxy 代為回應。"
    }
    broken(path, problem) {
        en: "The answer at {path} broke off ({problem}). None of it was counted; the next run fetches it again.",
        zh: "{path} 的回應中斷（{problem}）。其內容完全未計入，下次執行時會重新擷取。"
    }
    too_early() { en: "the JSON ends too early", zh: "JSON 內容不完整" }
    redirect(path, status, to) {
        en: "The request for {path} is redirected to {to} ({status}): a login portal or a proxy is in front of the PCE's API. The API key is not sent there. Let /api/v2 through without a login, or set api.url to the PCE itself.",
        zh: "對 {path} 的請求被重新導向至 {to}（{status}）：PCE 的 API 前方有登入入口或 Proxy。API 金鑰不會送往該處。請讓 /api/v2 免登入通過，或將 api.url 設為 PCE 本身。"
    }
    log_in_page(path, leads, begins) {
        en: "A login page answers at {path} instead of the PCE{leads}; it begins: {begins}. A login portal or a proxy is in front of the PCE's API: let /api/v2 through without a login, or set api.url to the PCE itself.",
        zh: "{path} 的回應是登入頁面，而非 PCE 的 API{leads}，其開頭為：{begins}。PCE 的 API 前方有登入入口或 Proxy：請讓 /api/v2 免登入通過，或將 api.url 設為 PCE 本身。"
    }
    leads_to(host) { en: ", which leads to {host}", zh: "（導向 {host}）" }
    not_the_leader(path, status, said) {
        en: "The PCE answers {status} at {path}{said}: a member of a supercluster takes no traffic queries, only its leader does. Set api.url to the leader.",
        zh: "PCE 對 {path} 回應 {status}{said}：Supercluster 的成員不接受流量查詢，僅 leader 接受。請將 api.url 設為 leader。"
    }
    foreign_href(path, href) {
        en: "The PCE accepted the query at {path}, but the location it returned is not a query or job of this org: \"{href}\". Nothing there is read or deleted; the next run queries again. Check whether a proxy changes the PCE's answers.",
        zh: "PCE 接受了 {path} 的查詢，但所給的結果位置不是此組織的查詢或工作：「{href}」。該處不會被讀取或刪除，下次執行時會重新查詢。請檢查是否有 Proxy 更動 PCE 的回應。"
    }
    no_href(path) {
        en: "The PCE accepted the query at {path} without saying where its result will be (no href). The next run queries again.",
        zh: "PCE 接受了 {path} 的查詢，但未說明結果位置（沒有 href）。下次執行時會重新查詢。"
    }
    deadline() {
        en: "The run's time was over (settings.cycle_deadline_seconds). The next run continues from here.",
        zh: "本次執行時間已到（settings.cycle_deadline_seconds）。下次執行時會從此處繼續。"
    }
    complaint(fqdn, status) { en: "{fqdn} says it is {status}", zh: "{fqdn} 回報狀態為 {status}" }
    complaint_because(fqdn, status, reasons) { en: "{fqdn} says it is {status}: {reasons}", zh: "{fqdn} 回報狀態為 {status}：{reasons}" }
}

impl Error {
    /// A finished sentence: what failed, where, what to do.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Tls(error) => error.text(lang),
            Self::Unreachable { path, problem: problem @ Problem::Proxy(_) } => {
                not_through(lang, path, problem.text(lang))
            }
            Self::Unreachable { path, problem } => unreachable(lang, path, problem.text(lang)),
            Self::Credentials { path, said } => credentials(lang, path, quoted(lang, said)),
            Self::Status { path, status: status @ (403 | 404), said } => {
                forbidden(lang, path, status, quoted(lang, said))
            }
            Self::Status { path, status: 429, said } => {
                rate_limited(lang, path, quoted(lang, said))
            }
            Self::Status { path, status, said } if *status >= 500 => {
                failing(lang, path, status, quoted(lang, said))
            }
            Self::Status { path, status, said } => refused(lang, path, status, quoted(lang, said)),
            Self::Odd { path, problem } => odd(lang, path, problem),
            Self::Redirect { path, status, to } => redirect(lang, path, status, to),
            Self::LogInPage { path, begins, to } => {
                let leads = to.as_ref().map(|host| leads_to(lang, host));
                log_in_page(lang, path, leads.unwrap_or_default(), begins)
            }
            Self::NotTheLeader { path, status, said } => {
                not_the_leader(lang, path, status, quoted(lang, said))
            }
            Self::NoHref { path } => no_href(lang, path),
            Self::ForeignHref { path, href } => foreign_href(lang, path, href),
            Self::Broken { path, problem } => broken(lang, path, problem.text(lang)),
            Self::Deadline => deadline(lang),
        }
    }
}

impl Break {
    /// A clause without a full stop.
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::TooEarly => too_early(lang),
            Self::Network(text) => text.clone(),
        }
    }
}

impl Problem {
    /// A clause without a full stop.
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::NoSuchHost => no_such_host(lang),
            Self::Timeout => timeout(lang),
            Self::Tls(problem) => problem.text(lang),
            Self::Network(text) => text.clone(),
            Self::Proxy(problem) => problem.text(lang),
        }
    }
}

impl ProxyProblem {
    /// A clause without a full stop: which proxy, what it does, and what to do.
    pub fn text(&self, lang: Lang) -> String {
        let source = self.source;
        let fault = match &self.fault {
            ProxyFault::NoAddress => proxy_no_address(lang, source),
            ProxyFault::Refused => proxy_refused(lang, source),
            ProxyFault::Timeout => proxy_timeout(lang, source),
            ProxyFault::Network(error) => proxy_network(lang, error, source),
            ProxyFault::Tls(problem) => proxy_tls(lang, problem.text(lang)),
            ProxyFault::Closed => proxy_closed(lang, source),
            ProxyFault::NotHttp => proxy_not_http(lang, source),
            ProxyFault::Login { given: false } => proxy_login(lang, source),
            ProxyFault::Login { given: true } => proxy_login_refused(lang, source),
            ProxyFault::Status { status, target } if *status >= 500 => {
                proxy_fails(lang, status, target)
            }
            ProxyFault::Status { status, target } => proxy_forbids(lang, status, target),
        };
        proxy(lang, &self.place, source, fault)
    }
}

impl Complaint {
    /// What one PCE says of itself.
    pub fn text(&self, lang: Lang) -> String {
        if self.reasons.is_empty() {
            complaint(lang, &self.fqdn, &self.status)
        } else {
            complaint_because(lang, &self.fqdn, &self.status, self.reasons.join("; "))
        }
    }
}

/// What the PCE said, behind a comma; nothing for nothing.
fn quoted(lang: Lang, said: &str) -> String {
    match (lang, said) {
        (_, "") => String::new(),
        (Lang::En, said) => format!(", \"{said}\""),
        (Lang::ZhTw, said) => format!("，\"{said}\""),
    }
}
