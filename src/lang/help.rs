//! The help in Traditional Chinese, and what is wrong with a command line. The
//! English help is argh's, from the comments in [`crate::cli`]; a test holds the two
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
];
