//! The PCE itself: its services, database, event log, licence and organization.

use super::words::{PCE_FAILS, PLANNED, ROUTINE, families};
use super::{Entry, both, event, notification};

pub(super) const ENTRIES: &[Entry] = &[
    both(
        "database.temp_table_autocleanup_started",
        ["The PCE began to clean up temporary database tables.", "PCE 開始清理資料庫暫存資料表。"],
        ROUTINE,
    ),
    both(
        "database.temp_table_autocleanup_completed",
        ["The PCE cleaned up temporary database tables.", "PCE 已完成清理資料庫暫存資料表。"],
        ROUTINE,
    ),
    event(
        "event_settings.update",
        [
            "The event settings were changed: what is logged, and for how long.",
            "已修改事件設定（記錄等級、保留時間等）。",
        ],
        [
            "Check that this was planned: what is not logged cannot be alerted on.",
            "請確認是否為預定變更：未記錄的事件無法觸發警示。",
        ],
    ),
    event("job.delete", ["A job was deleted.", "已刪除工作。"], ROUTINE),
    event("license.delete", ["A licence was deleted.", "已刪除授權。"], PLANNED),
    event("license.update", ["A licence was changed.", "已更新授權。"], PLANNED),
    event(
        "org.recalc_rules",
        ["The rules of the whole organization were worked out anew.", "已重新計算整個組織的規則。"],
        ROUTINE,
    ),
    both(
        "request.internal_server_error",
        ["A request failed by an error within the PCE.", "API 請求失敗：PCE 內部錯誤。"],
        PCE_FAILS,
    ),
    both(
        "request.service_unavailable",
        [
            "A request failed: a service of the PCE was not available.",
            "API 請求失敗：PCE 服務無法使用。",
        ],
        PCE_FAILS,
    ),
    both(
        "request.unknown_server_error",
        [
            "A request failed within the PCE for an unknown reason.",
            "API 請求失敗：PCE 發生不明錯誤。",
        ],
        PCE_FAILS,
    ),
    event("support_reports", ["A support report was made.", "已產生支援報告。"], PLANNED),
    event(
        "system_task.prune_old_log_events",
        ["The PCE removed old events from its log.", "PCE 已清除過期的事件紀錄。"],
        ROUTINE,
    ),
    event(
        "trusted_proxy_ips.update",
        [
            "The proxies whose client addresses the PCE believes were changed.",
            "已修改信任的 Proxy IP。",
        ],
        [
            "If not planned, correct it: a trusted proxy can forge source addresses.",
            "若非預定變更請立即修正：受信任的 Proxy 可偽造來源位址。",
        ],
    ),
    notification(
        "hard_limit.exceeded",
        [
            "The event log's hard limit is reached: new events are NOT recorded.",
            "事件紀錄已達上限：新事件不再記錄。",
        ],
        [
            "Make room at once: shorten the retention or enlarge the disk.",
            "請立即釋出空間：縮短保留時間或擴充磁碟。",
        ],
    ),
    notification(
        "soft_limit.exceeded",
        [
            "The event log nears its limit; old events are pruned early.",
            "事件紀錄接近上限，將提前清除舊事件。",
        ],
        [
            "Shorten the retention or enlarge the disk before the hard limit is reached.",
            "請在達到上限前，縮短保留時間或擴充磁碟。",
        ],
    ),
    notification(
        "pce.application_started",
        ["The PCE's application started.", "PCE 應用程式已啟動。"],
        ROUTINE,
    ),
    notification(
        "pce.application_stopped",
        ["The PCE's application stopped.", "PCE 應用程式已停止。"],
        [
            "Nothing at planned maintenance; else start it and read its log.",
            "若為預定維護則不需處理；否則請重新啟動並檢查紀錄。",
        ],
    ),
    notification(
        "remote_syslog.reachable",
        ["A remote syslog server is reachable again.", "遠端 syslog 伺服器已恢復連線。"],
        ROUTINE,
    ),
    notification(
        "remote_syslog.unreachable",
        ["A remote syslog server cannot be reached.", "無法連線至遠端 syslog 伺服器。"],
        [
            "Check that server and the way to it: the SIEM misses records meanwhile.",
            "請檢查該伺服器與網路：期間 SIEM 可能缺漏紀錄。",
        ],
    ),
    notification(
        "request.invalid",
        ["The PCE got a request that it could not understand.", "PCE 收到無效的 API 請求。"],
        [
            "Look at who sent it: a faulty script, or somebody who tries things.",
            "請查明來源：可能是有誤的程式，或有人嘗試探測。",
        ],
    ),
    notification(
        "system_task.event_pruning_completed",
        ["The PCE pruned its event log.", "PCE 已完成事件紀錄清理。"],
        ROUTINE,
    ),
    notification(
        "system_task.hard_limit_recovery_completed",
        [
            "The event log is below its hard limit; events are recorded again.",
            "事件紀錄已低於上限，恢復記錄。",
        ],
        [
            "Look for what was not recorded meanwhile, and make more room.",
            "請留意期間未記錄的事件，並預留更多空間。",
        ],
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "cluster" "A PCE cluster" " PCE 叢集": create update delete => PLANNED;
    "domain" "A domain" "網域": create update delete => PLANNED;
    "org" "An organization" "組織": create update => PLANNED;
    "support_report_request" "A request for a PCE support report" " PCE 支援報告的要求":
        create delete => PLANNED;
    "syslog_destination" "A syslog destination" " syslog 目的地": create update delete => [
        "Check that this was planned: the SIEM may miss records from now on.",
        "請確認是否為預定變更：SIEM 可能從此收不到紀錄。",
    ];
    "traffic_collector_setting" "A traffic collector setting" "流量收集設定":
        create update delete => [
            "Check that this was planned: dropped flows cannot be alerted on.",
            "請確認是否為預定變更：遭捨棄的流量無法觸發警示。",
        ];
};
