//! Numbers with their nouns: one, and any other.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::{Lang, grouped};

/// Declares `name(count)`: a function of the language and the number, which stands in the
/// sentence with its groups of three digits.
macro_rules! counts {
    ($( $name:ident ($count:ident) { one: $one:literal, many: $many:literal, zh: $zh:literal } )*) => {
        $(
            pub fn $name(lang: Lang, $count: u64) -> String {
                let is_one = $count == 1;
                let $count = grouped($count);
                match lang {
                    Lang::En if is_one => $one.to_owned(),
                    Lang::En => format!($many),
                    Lang::ZhTw => format!($zh),
                }
            }
        )*
    };
}

counts! {
    matches(count) { one: "1 match", many: "{count} matches", zh: "{count} 筆" }
    connections(count) { one: "1 connection", many: "{count} connections", zh: "{count} 次連線" }
    flows(count) { one: "1 flow", many: "{count} flows", zh: "{count} 條流量" }
    sources(count) { one: "1 source", many: "{count} sources", zh: "{count} 個來源" }
    destinations(count) { one: "1 destination", many: "{count} destinations", zh: "{count} 個目的" }
    ports(count) { one: "1 port", many: "{count} ports", zh: "{count} 個連接埠" }
    users(count) { one: "1 user", many: "{count} users", zh: "{count} 位使用者" }
    groups(count) { one: "1 group", many: "{count} groups", zh: "{count} 組" }
    known(count) { one: "1 known", many: "{count} known", zh: "已知 {count} 組" }
    days(count) { one: "1 day", many: "{count} days", zh: "{count} 天" }
    objects(count) { one: "1 object", many: "{count} objects", zh: "{count} 個物件" }
    events(count) { one: "1 event", many: "{count} events", zh: "{count} 筆" }
    rows(count) { one: "1 row", many: "{count} rows", zh: "{count} 列" }
    event_records(count) { one: "1 event record", many: "{count} event records", zh: "{count} 筆事件紀錄" }
    workloads(count) { one: "1 workload", many: "{count} workloads", zh: "{count} 個 workload" }
    minutes(count) { one: "1 minute", many: "{count} minutes", zh: "{count} 分鐘" }
    runs(count) { one: "1 run", many: "{count} runs", zh: "執行 {count} 次" }
    alerts(count) { one: "1 alert", many: "{count} alerts", zh: "{count} 則警示" }
    warnings(count) { one: "1 warning", many: "{count} warnings", zh: "{count} 項警告" }
    active(count) { one: "1 active condition", many: "{count} active conditions", zh: "{count} 項異常進行中" }
    notices(count) { one: "1 notice", many: "{count} notices", zh: "{count} 則通知" }
    events_caught_up(count) { one: "1 event caught up", many: "{count} events caught up", zh: "已補抓 {count} 筆事件" }
    rows_caught_up(count) { one: "1 row of traffic read", many: "{count} rows of traffic read", zh: "已讀取 {count} 列流量" }
}
