//! What is said of each watched condition, a block each.

use super::{Lang, Pair, pair};

/// The words for a condition.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// Its name in the mail that tells that it begins, …
    pub begins: Pair,
    /// … that it lasts, …
    pub lasts: Pair,
    /// … and that it is over.
    pub ended: Pair,
    /// What it means while it lasts.
    pub means: Pair,
    /// How long it was, see [`Words::was`].
    was: Pair,
    /// What to do while it lasts …
    pub advice: Pair,
    /// … and when it is over.
    pub advice_at_its_end: Pair,
}

impl Words {
    /// How long it was.
    pub fn was(&self, lang: Lang, time: &str) -> String {
        self.was.text(lang).replace("{time}", time)
    }
}

const CAUGHT_UP: Pair = pair(
    "Nothing. What was missed in the meantime is fetched automatically.",
    "不需處理；期間遺漏的資料會自動補抓。",
);

/// The PCE does not answer.
pub const UNREACHABLE: Words = Words {
    begins: pair("PCE unreachable", "PCE 無法連線"),
    lasts: pair("PCE still unreachable", "PCE 仍無法連線"),
    ended: pair("PCE reachable again", "PCE 已恢復連線"),
    means: pair(
        "The PCE does not answer. Nothing is monitored until it does; what happens in the meantime is fetched afterwards.",
        "PCE 沒有回應。恢復前無法監控；期間發生的事件與流量會在恢復後補抓。",
    ),
    was: pair("The PCE was unreachable for {time}.", "PCE 曾無法連線，歷時 {time}。"),
    advice: pair(
        "On this host, run `illumio-monitor check`: it says whether name, network, proxy or TLS fails, and what to do. If only the PCE is silent, check its services (illumio-pce-ctl status).",
        "請在這台主機執行 `illumio-monitor check`，確認是名稱解析、網路、Proxy 或 TLS 失敗及處理方式；若僅 PCE 無回應，請檢查其服務（illumio-pce-ctl status）。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// The PCE refuses the key.
pub const CREDENTIALS: Words = Words {
    begins: pair("PCE refuses the API key", "PCE 拒絕 API 金鑰"),
    lasts: pair("PCE still refuses the API key", "PCE 仍拒絕 API 金鑰"),
    ended: pair("API key accepted again", "API 金鑰已恢復正常"),
    means: pair(
        "The PCE answers, but does not accept the key. Nothing is monitored until it does.",
        "PCE 有回應，但不接受此金鑰。恢復前無法監控。",
    ),
    was: pair("The API key was refused for {time}.", "API 金鑰曾遭拒絕，歷時 {time}。"),
    advice: pair(
        "In the PCE's console, see whether the key still exists, has expired or lost its role. Put a valid key and secret into the config, then run `illumio-monitor check`: it shows what the key may read.",
        "請在 PCE 主控台確認金鑰是否仍存在、已過期或權限已變更。將有效的金鑰與 secret 寫入設定檔後，執行 `illumio-monitor check` 確認可讀取的項目。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// The PCE says that it is not normal.
pub const HEALTH: Words = Words {
    begins: pair("PCE health is not normal", "PCE 健康狀態異常"),
    lasts: pair("PCE health is still not normal", "PCE 健康狀態仍異常"),
    ended: pair("PCE health is normal again", "PCE 健康狀態已恢復正常"),
    means: pair(
        "The PCE itself reports a problem. Its data may be late or incomplete.",
        "PCE 自行回報狀態異常，其資料可能延遲或不完整。",
    ),
    was: pair("The PCE's health was not normal for {time}.", "PCE 健康狀態曾異常，歷時 {time}。"),
    advice: pair(
        "Open Health in the PCE's console, or run `illumio-pce-ctl cluster-status` on a node, and look at what the details name.",
        "請開啟 PCE 主控台的 Health 頁面，或在節點上執行 `illumio-pce-ctl cluster-status`，檢查詳細訊息所列的項目。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// Events could not be read completely.
pub const EVENTS: Words = Words {
    begins: pair("Events not read completely", "事件讀取不完整"),
    lasts: pair("Events still not read completely", "事件仍讀取不完整"),
    ended: pair("Events read completely again", "事件已恢復完整讀取"),
    means: pair(
        "The event log could not be read to its end twice in a row. Event rules see only a part; the rest is fetched as soon as it can be.",
        "連續兩次未能完整讀取事件紀錄，事件規則只看到部分資料；其餘會在可讀取時補抓。",
    ),
    was: pair("Events were incomplete for {time}.", "事件讀取曾不完整，歷時 {time}。"),
    advice: pair(
        "If it lasts, run `illumio-monitor check` for what the key may read and `illumio-monitor run` by hand for the reason, and look at the PCE's load and at proxies with a time limit on the way.",
        "若持續發生，請執行 `illumio-monitor check` 確認金鑰可讀取的項目，並手動執行 `illumio-monitor run` 查看原因，並檢查 PCE 負載及中途 Proxy 的逾時設定。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// Traffic could not be read completely.
pub const TRAFFIC: Words = Words {
    begins: pair("Traffic not read completely", "流量讀取不完整"),
    lasts: pair("Traffic still not read completely", "流量仍讀取不完整"),
    ended: pair("Traffic read completely again", "流量已恢復完整讀取"),
    means: pair(
        "The traffic query failed or was not finished twice in a row, or it brought only a part of the rows. Traffic rules see only a part; the rest is fetched as soon as it can be.",
        "流量查詢連續兩次失敗或未完成，或僅傳回部分資料，流量規則只看到部分資料；其餘會在可讀取時補抓。",
    ),
    was: pair("Traffic was incomplete for {time}.", "流量讀取曾不完整，歷時 {time}。"),
    advice: pair(
        "The details name the cause. If it lasts, look at the PCE's load (Explorer queries queue up there), narrow the traffic rules, or raise api.query_timeout_seconds.",
        "原因見詳細訊息。若持續發生，請檢查 PCE 負載（Explorer 查詢可能排隊）、縮小流量規則範圍，或調高 api.query_timeout_seconds。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// The list of workloads could not be read completely.
pub const WORKLOADS: Words = Words {
    begins: pair("Workloads not read completely", "workload 清單讀取不完整"),
    lasts: pair("Workloads still not read completely", "workload 清單仍讀取不完整"),
    ended: pair("Workloads read completely again", "workload 清單已恢復完整讀取"),
    means: pair(
        "The PCE's list of workloads could not be read to its end twice in a row, or more workloads are in a rule's state than can be remembered. Until it is complete, rules of type workload neither report nor resolve anything.",
        "連續兩次未能完整讀取 PCE 的 workload 清單，或處於規則所列狀態的 workload 超過可記錄的數量。恢復完整前，workload 類型的規則不會開始或結束任何通知。",
    ),
    was: pair(
        "The list of workloads was incomplete for {time}.",
        "workload 清單讀取曾不完整，歷時 {time}。",
    ),
    advice: pair(
        "The details name the cause. If the key may not read workloads, give it a role that may (Global Viewer); if the list is too long for the PCE, look at its jobs and its load.",
        "原因見詳細訊息。若金鑰無權讀取 workload，請給予可讀取的角色（Global Viewer）；若清單對 PCE 而言過長，請檢查其工作與負載。",
    ),
    advice_at_its_end: pair(
        "Nothing. Rules of type workload look at how it is now; nothing has to be caught up.",
        "不需處理。workload 類型的規則只看目前狀態，無須補抓。",
    ),
};

/// The config file is unreadable or wrong.
pub const CONFIGURATION: Words = Words {
    begins: pair("Config file unusable", "設定檔無法使用"),
    lasts: pair("Config file still unusable", "設定檔仍無法使用"),
    ended: pair("Config file usable again", "設定檔已恢復正常"),
    means: pair(
        "The config file cannot be read or is invalid. No cycle runs and nothing is monitored until it is corrected. The file was not changed.",
        "設定檔無法讀取或內容有誤。修正前不會執行任何監控；程式未更動該檔案。",
    ),
    was: pair("The config file was unusable for {time}.", "設定檔曾無法使用，歷時 {time}。"),
    advice: pair(
        "Correct what the details name, then run `illumio-monitor check`: it reads the file and changes nothing.",
        "請修正詳細訊息所列的位置，再執行 `illumio-monitor check`；該指令只會讀取檔案，不會變更內容。",
    ),
    advice_at_its_end: CAUGHT_UP,
};

/// Mail is not delivered.
pub const DELIVERY: Words = Words {
    begins: pair("Mail not delivered", "郵件無法送達"),
    lasts: pair("Mail still not delivered", "郵件仍無法送達"),
    ended: pair("Mail is delivered again", "郵件已恢復送達"),
    means: pair(
        "The mail server does not accept our mail. Mails wait and are sent again in every run, so they arrive late.",
        "郵件伺服器不接受郵件。郵件會保留並於每次執行時重送，因此會延遲送達。",
    ),
    was: pair("Mail was not delivered for {time}.", "郵件曾無法送達，歷時 {time}。"),
    advice: pair(
        "Run `illumio-monitor check`: it shows at which step the mail server refuses. Fix that, or smtp.* in the config, then run `illumio-monitor test-mail`.",
        "請執行 `illumio-monitor check`，查看郵件伺服器在哪一步拒絕；修正該處或設定檔的 smtp.* 後，再執行 `illumio-monitor test-mail`。",
    ),
    advice_at_its_end: pair(
        "Nothing. The waiting mails are being sent.",
        "不需處理；等待中的郵件會陸續送出。",
    ),
};

/// Records can't be archived.
pub const ARCHIVE: Words = Words {
    begins: pair("Records not archived", "紀錄無法封存"),
    lasts: pair("Records still not archived", "紀錄仍無法封存"),
    ended: pair("Records are archived again", "紀錄已恢復封存"),
    means: pair(
        "Events and flows can't be written to settings.archive_dir. Alerts are not affected; the archive has a gap.",
        "事件與流量無法寫入 settings.archive_dir。警示不受影響，但封存的紀錄會有缺漏。",
    ),
    was: pair("Records were not archived for {time}.", "紀錄曾無法封存，歷時 {time}。"),
    advice: pair(
        "Free space on that disk and let the program's user write to the folder, or change settings.archive_dir.",
        "請清出該磁碟的空間並讓執行本程式的使用者可寫入該資料夾，或修改 settings.archive_dir。",
    ),
    advice_at_its_end: pair(
        "Nothing. Records of that time may be missing from the archive; they were counted all the same.",
        "不需處理。封存中可能缺少這段期間的紀錄，但規則仍已計入。",
    ),
};

/// IP lists that rules name are not known.
pub const IP_LISTS: Words = Words {
    begins: pair("IP lists of rules not known", "無法取得規則的 IP 清單"),
    lasts: pair("IP lists of rules still not known", "仍無法取得規則的 IP 清單"),
    ended: pair("IP lists of rules known again", "規則的 IP 清單已恢復正常"),
    means: pair(
        "Rules name IP lists (src_list, dst_list, not_src_list, not_dst_list), and the PCE has no such list or does not return it. These rules may miss traffic, or use outdated addresses; other rules are not affected.",
        "規則指定了 IP 清單（src_list、dst_list、not_src_list、not_dst_list），但 PCE 沒有該清單或未提供。這些規則可能漏看流量，或使用較舊的位址；其他規則不受影響。",
    ),
    was: pair(
        "IP lists of rules were not known for {time}.",
        "規則的 IP 清單曾無法取得，歷時 {time}。",
    ),
    advice: pair(
        "Compare the names with Policy Objects > IP Lists in the PCE's console, case included, and provision the list; or correct the rule. If the lists can't be read at all, give the key a global role such as Global Viewer. `illumio-monitor check` shows which it is.",
        "請與 PCE 主控台 Policy Objects > IP Lists 的名稱比對（區分大小寫）並佈建該清單，或修正規則。若完全無法讀取清單，請授予金鑰 Global Viewer 等全域角色。`illumio-monitor check` 會指出原因。",
    ),
    advice_at_its_end: pair(
        "Nothing. What the rules missed in the meantime is not counted afterwards.",
        "不需處理；期間未符合規則的流量不會補計。",
    ),
};

/// A receiver of `forward` does not take what is handed on to it.
pub const FORWARD: Words = Words {
    begins: pair("Alerts not handed on", "警示無法轉送"),
    lasts: pair("Alerts still not handed on", "警示仍無法轉送"),
    ended: pair("Alerts are handed on again", "警示已恢復轉送"),
    means: pair(
        "A receiver of forward does not accept what this program sends. Mail is not affected; the records wait, in order, and are sent again in every run.",
        "forward 的某個接收端收不到本程式轉送的紀錄。郵件不受影響；紀錄會依序保留，並於每次執行時重送。",
    ),
    was: pair("Alerts were not handed on for {time}.", "警示曾無法轉送，歷時 {time}。"),
    advice: pair(
        "Run `illumio-monitor check`: it tries each receiver and shows what fails. Fix that, or the entry under forward in the config.",
        "請執行 `illumio-monitor check`，逐一測試接收端並查看失敗原因；修正該處，或設定檔中 forward 的該項。",
    ),
    advice_at_its_end: pair(
        "Nothing. The waiting records were sent; some may have arrived twice, with the same id.",
        "不需處理；等待中的紀錄已轉送，部分可能重複送達，但 id 相同。",
    ),
};
