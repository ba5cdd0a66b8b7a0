//! The help in Traditional Chinese, and what is wrong with a command line. The
//! English help is argh's, from the comments in [`crate::commands::cli`]; a test holds the two
//! against each other.

use super::{Lang, texts};

texts! {
    /// An argument that no command takes.
    unrecognized(argument) {
        en: "Unrecognized argument: {argument}",
        zh: "無法辨識的參數：{argument}"
    }
    /// An option without its value.
    no_value(option) {
        en: "No value provided for option {option}",
        zh: "選項 {option} 缺少值"
    }
    /// An option with a value that it does not take.
    bad_value(option, value) {
        en: "Error parsing option {option} with value {value}",
        zh: "選項 {option} 的值「{value}」不正確"
    }
    /// A command of commands alone.
    no_command() {
        en: "A command is missing",
        zh: "缺少命令；可用的命令如下"
    }
    /// A command without what it works on.
    no_argument(names) {
        en: "Missing: {names}",
        zh: "缺少引數：{names}"
    }
    /// Anything else that argh says.
    other(text) {
        en: "{text}",
        zh: "命令列有誤：{text}"
    }
}

/// What argh found wrong, in the user's language.
pub fn wrong(lang: Lang, said: &str) -> String {
    if lang == Lang::En {
        return said.to_owned();
    }
    let bare = |text: &str| text.trim().trim_matches(['\'', '.']).to_owned();
    if let Some(argument) = said.strip_prefix("Unrecognized argument:") {
        return unrecognized(lang, bare(argument));
    }
    if let Some(option) = said.strip_prefix("No value provided for option ") {
        return no_value(lang, bare(option));
    }
    if said.starts_with("One of the following subcommands must be present:") {
        return no_command(lang);
    }
    if let Some(names) = said.strip_prefix("Required positional arguments not provided:") {
        let names: Vec<&str> = names.split_whitespace().collect();
        return no_argument(lang, names.join("、"));
    }
    let parsing = said.strip_prefix("Error parsing option ");
    if let Some((option, value)) = parsing.and_then(|rest| rest.split_once(" with value ")) {
        let value = value.split_once(": ").map_or(value, |(value, _)| value);
        return bad_value(lang, bare(option), bare(value));
    }
    other(lang, said)
}

/// The help of a command, named by its words with a blank between them; the
/// program's for no word.
pub fn zh_tw(command: &str) -> Option<&'static str> {
    let known = HELP.iter().find(|(name, _)| *name == command);
    known.map(|(_, text)| *text)
}

/// Each command's help.
const HELP: &[(&str, &str)] = &[
    (
        "",
        "\
用法：illumio-monitor [-c <FILE>] [--lang <LANG>] [-V] [<command>] [<args>]

當 Illumio PCE 有狀況時以郵件通知：事件、遭封鎖的流量、健康狀態。

選項：
  -c, --config      設定檔；未指定時依序使用 $ILLUMIO_MONITOR_CONFIG、
                    程式旁的 illumio_api_config.json
  --lang            訊息的語言：en 或 zh-TW
  -V, --version     顯示版本
  -h, --help        顯示說明

命令：
  run               執行一次監控：擷取新資料、比對規則、寄出通知
  check             診斷：檢查設定、PCE、郵件伺服器與排程；不變更任何內容，不寄信
  test-mail         寄送測試郵件給設定的收件者
  status            以一行文字回報監控是否正常，供 Nagios 或 Zabbix 使用
  history           列出已通知的內容及其後續
  rules             列出與變更規則，供程式使用
  pause             暫停規則；期間發生的事於結束後一併通知
  why               說明規則已計數多少、靜默到何時，以及哪些紀錄符合或接近符合
  config            列出設定檔最近的變更並可還原；保留最近十次變更
  import            匯入舊 Python 工具的設定檔與狀態檔

不指定命令時開啟互動式選單。
",
    ),
    (
        "run",
        "\
用法：illumio-monitor run [--log <WHERE>] [--reset-state]

執行一次監控：擷取新資料、比對規則、寄出通知。

選項：
  --log             執行結果的輸出位置：stdout（預設）、syslog 或 journal
  --reset-state     重新開始：清除讀取位置與計數，保留待寄郵件
  -h, --help        顯示說明

結束代碼：0 完成；75 有項目失敗，下次執行時會再試；78 需要人工處理。
",
    ),
    (
        "check",
        "\
用法：illumio-monitor check [--json]

檢查設定檔、PCE、郵件伺服器與排程；不變更任何內容，也不寄信。

選項：
  --json            以 JSON 輸出結果，供程式使用
  -h, --help        顯示說明

結束代碼：0 一切正常；75 有項目失敗，可能自行恢復；78 需要人工處理。
",
    ),
    (
        "test-mail",
        "\
用法：illumio-monitor test-mail

寄送測試郵件給設定的收件者。

選項：
  -h, --help        顯示說明
",
    ),
    (
        "status",
        "\
用法：illumio-monitor status [--max-age <MIN>] [--json]

以一行文字回報監控是否正常，供 Nagios 或 Zabbix 使用。

選項：
  --max-age         上次完整執行超過幾分鐘視為過久（預設 30）
  --json            以 JSON 輸出相同內容，供程式使用
  -h, --help        顯示說明

結束代碼：0 上次完整執行時間在期限內；否則為 75 或 78 並說明原因。
",
    ),
    (
        "history",
        "\
用法：illumio-monitor history [--since <TIME>] [--rule <ID>] [--json]

列出已通知的內容及其後續：最近 2,000 筆警示、異常狀態與通知事項。

選項：
  --since           只列出此時間之後的項目：30m、24h、7d、日期（2026-11-22）
                    或 RFC 3339
  --rule            只列出此 id 的規則
  --json            以 JSON 輸出相同內容，供程式使用
  -h, --help        顯示說明
",
    ),
    (
        "rules",
        "\
用法：illumio-monitor rules <command> [<args>]

列出與變更規則，供程式使用。

選項：
  -h, --help        顯示說明

命令：
  list              列出規則
  show              顯示規則的所有鍵
  describe          以一句話說明規則
  add               新增一條規則，或以陣列新增多條
  set               設定規則的鍵
  enable            啟用規則
  disable           停用規則
  remove            刪除規則
  load-best-practices
                    載入最佳實踐規則
  learn             讓僅通知新對象的規則從封存學習
  try               試跑一條規則：若已啟用，會發出哪些警示
",
    ),
    (
        "rules list",
        "\
用法：illumio-monitor rules list [--json]

列出規則。

選項：
  --json            以 JSON 輸出：規則的陣列
  -h, --help        顯示說明
",
    ),
    (
        "rules show",
        "\
用法：illumio-monitor rules show [<ID...>] [--json]

顯示規則的所有鍵。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條

選項：
  --json            以 JSON 輸出：單一 id 為物件，多個 id 為陣列
  -h, --help        顯示說明
",
    ),
    (
        "rules describe",
        "\
用法：illumio-monitor rules describe [<ID...>] [--json]

以一句話說明每條規則。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條；all 或省略時為所有規則

選項：
  --json            以 JSON 輸出：每條規則的 id、名稱與說明
  -h, --help        顯示說明
",
    ),
    (
        "rules add",
        "\
用法：illumio-monitor rules add [<RULE>] [--json]

新增一條規則，或以陣列新增多條。未填 id 時自動編號。

引數：
  RULE              規則的 JSON，或含 JSON 的檔案；- 或省略時讀取標準輸入

選項：
  --json            以 JSON 輸出：新增的規則、編號與變更內容
  -h, --help        顯示說明

範例：
  illumio-monitor rules add '{\"type\": \"event\", \"name\": \"Tampering\", \"filter_value\": \"agent.tampering\"}'
",
    ),
    (
        "rules set",
        "\
用法：illumio-monitor rules set <ID> [<KEY=VALUE...>] [--json]

設定一條或多條規則的鍵。值為 JSON 或文字；空值表示移除該鍵。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條
  KEY=VALUE         要設定的鍵與值

選項：
  --json            以 JSON 輸出：變更後的規則與變更內容
  -h, --help        顯示說明

範例：
  illumio-monitor rules set 12 threshold_count=20 level=critical port=80,443 note=
",
    ),
    (
        "rules enable",
        "\
用法：illumio-monitor rules enable [<ID...>] [--json]

啟用規則。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條

選項：
  --json            以 JSON 輸出：變更後的規則與變更內容
  -h, --help        顯示說明
",
    ),
    (
        "rules disable",
        "\
用法：illumio-monitor rules disable [<ID...>] [--json]

停用規則。下次執行時會捨棄該規則已累計的次數。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條

選項：
  --json            以 JSON 輸出：變更後的規則與變更內容
  -h, --help        顯示說明
",
    ),
    (
        "rules remove",
        "\
用法：illumio-monitor rules remove [<ID...>] [--json]

刪除規則。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條

選項：
  --json            以 JSON 輸出：刪除的規則與變更內容
  -h, --help        顯示說明
",
    ),
    (
        "rules load-best-practices",
        "\
用法：illumio-monitor rules load-best-practices [--set <first|security>] [--replace] [--json]

新增最佳實踐規則中缺少的部分：入門的十二條，或針對攻擊者的一組。若已有規則與其不同，在終端機上會先詢問再取代。

選項：
  --set <first|security>
                    first（入門的十二條）或 security
  --replace         取代不同的規則，不再詢問
  --json            以 JSON 輸出：新增、取代與保留的規則
  -h, --help        顯示說明
",
    ),
    (
        "rules learn",
        "\
用法：illumio-monitor rules learn [--archive <DIR>] [<ID...>]

讓僅通知新對象的規則從封存學習哪些是已知的。

引數：
  ID                規則 id：12，或以 1,3-5 指定多條

選項：
  --archive <DIR>   封存資料夾；未指定時為 settings.archive_dir
  -h, --help        顯示說明
",
    ),
    (
        "pause",
        "\
用法：illumio-monitor pause [--until <TIME>] [--from <TIME>] [--every <WEEKLY>] [--why <TEXT>] [--by <NAME>] [--src <ADDRESS|HOST>] [--dst <ADDRESS|HOST>] [--match <KEY=VALUE>] [--condition <WORD>] [--json] [<ID...>]

暫停規則：結束前發生的事照常計數，暫停結束後再一併通知。
`pause list` 列出所有暫停，`pause end ID` 結束其中一個。

引數：
  ID                規則 id：7，或以 1,3-5 指定多條；all；或 list；或 end ID

選項：
  --until <TIME>    結束時間：06:00、+8h、2026-11-30、'2026-11-30 06:00'、RFC 3339
  --from <TIME>     開始時間；未指定時為現在
  --every <WEEKLY>  每週重複：'Sun 02:00-04:00'、'Mon-Fri 22:00-06:00'、'daily 02:00-04:00'
  --why <TEXT>      原因
  --by <NAME>       由誰設定；未指定時為登入的使用者
  --src <ADDRESS|HOST>
                    僅限來自此位址、網段或主機的流量
  --dst <ADDRESS|HOST>
                    僅限前往該處的流量
  --match <KEY=VALUE>
                    僅限符合者：規則的篩選鍵，例如 port=443
  --condition <WORD>
                    一併暫停的狀態：pce、unreachable、health、events、traffic……
  --json            以 JSON 輸出
  -h, --help        顯示說明

範例：
  illumio-monitor pause 7 --until 06:00 --why CHG-123
  illumio-monitor pause 11 --src 10.20.30.66 --until +8h --why 'scanner, CHG-124'
  illumio-monitor pause all --every 'Sun 02:00-04:00' --why 'patch window'
",
    ),
    (
        "rules try",
        "\
用法：illumio-monitor rules try [--hours <HOURS>] [--archive [<DIR>]] [--all]
                                [--json] [<RULE>]

在啟用之前試跑一條規則：依最近數小時或封存的資料，會發出哪些警示。不儲存，也不寄信。

引數：
  RULE              規則 id、規則的 JSON，或其檔案；- 或省略時讀取標準輸入

選項：
  --hours <HOURS>   讀取 PCE 最近幾小時的資料，1 到 2160（預設 24）
  --archive <DIR>   改讀此資料夾的封存；省略資料夾時為 settings.archive_dir
  --all             列出所有警示，而非前 20 次
  --json            以 JSON 輸出：每次警示，以及每天一次警示的門檻
  -h, --help        顯示說明

範例：
  illumio-monitor rules try 12 --archive
  illumio-monitor rules try '{\"type\": \"traffic\", \"name\": \"SMB\", \"pd\": 2, \"port\": 445}' --hours 48

結束代碼：0 已試跑；64 規則或命令列有誤；75 無法讀取 PCE；78 需要人工處理。
",
    ),
    (
        "why",
        "\
用法：illumio-monitor why [--at <TIME>] [--event <HREF>] [--json] <ID>

說明規則已計數多少、靜默到何時，以及哪些紀錄符合或接近符合。不變更任何內容，也不寄信。

引數：
  ID                規則 id

選項：
  --at <TIME>       查看此時間前後的紀錄：02:10、2026-11-29、2026-11-29 02:10
                    或 RFC 3339；未指定時為最近一小時
  --event <HREF>    只查看此事件
  --json            以 JSON 輸出：計數，以及各紀錄不符合之處
  -h, --help        顯示說明

範例：
  illumio-monitor why 7 --at 02:10
  illumio-monitor why 7 --event /orgs/1/events/0a1b2c3d

結束代碼：0 已說明；64 命令列有誤；75 無法讀取 PCE；78 需要人工處理。
",
    ),
    (
        "config",
        "\
用法：illumio-monitor config <command> [<args>]

列出設定檔最近的變更並可還原；保留最近十次變更。

選項：
  -h, --help        顯示說明

命令：
  history           列出最近的變更：編號、時間、使用者、方式與內容
  undo              還原最近一次變更，或自某編號起的變更；執行紀錄不受影響
",
    ),
    (
        "config history",
        "\
用法：illumio-monitor config history [--json]

列出設定檔最近的變更：編號、時間、使用者、方式與內容。

選項：
  --json            相同內容的 JSON，供程式使用
  -h, --help        顯示說明
",
    ),
    (
        "config undo",
        "\
用法：illumio-monitor config undo [--yes] [N]

還原設定檔最近一次變更，或自某編號起的變更。PCE 不變時，執行紀錄保持不變。
於終端機執行時會先確認。

引數：
  N                 還原到此編號的變更之前；未指定時為最近一次

選項：
  --yes             不確認，直接執行
  -h, --help        顯示說明

範例：
  illumio-monitor config undo
  illumio-monitor config undo 12 --yes

結束代碼：0 完成；64 沒有該變更、該版本有問題，或沒有終端機可供確認且未加 --yes；
78 已還原成有問題的版本。
",
    ),
    (
        "import",
        "\
用法：illumio-monitor import [--levels] [<FILE...>]

匯入舊 Python 工具的設定檔與狀態檔。設定檔中已有的內容維持不變。

引數：
  FILE              illumio_api_config.json、config.json、
                    alerts.json、illumio_api_state.json、state.json

選項：
  --levels          將最佳實踐列為「嚴重」的規則設為該等級；未指定時於終端機詢問
  -h, --help        顯示說明

範例：
  illumio-monitor import illumio_api_config.json illumio_api_state.json
",
    ),
];
