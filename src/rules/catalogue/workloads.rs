//! Workloads, containers and vulnerabilities.

use super::words::{PLANNED, ROUTINE, families};
use super::{Entry, both, event, notification};

/// Labels decide which rules apply.
const LABELS: [&str; 2] = [
    "Check that this was planned: labels decide which rules apply to a workload.",
    "請確認是否為預定變更：標籤決定 workload 適用哪些規則。",
];

/// A network interface of a workload.
const INTERFACES: [&str; 2] = [
    "Check that the host's network was changed on purpose: policy goes by address.",
    "請確認主機網路確為刻意變更：政策以位址為準。",
];

pub(super) const ENTRIES: &[Entry] = &[
    event(
        "container_cluster.update_services",
        ["The services of a container cluster changed.", "容器叢集的服務已變更。"],
        ROUTINE,
    ),
    event(
        "container_workload.update",
        ["A container workload was changed.", "已修改容器 workload。"],
        LABELS,
    ),
    event("workload.create", ["A workload was created.", "已新增 workload。"], PLANNED),
    event(
        "workload.delete",
        ["A workload was deleted.", "已刪除 workload。"],
        [
            "Check that this was planned: a VEN that still runs gets no policy any more.",
            "請確認是否為預定作業：若 VEN 仍在執行，將無法再取得政策。",
        ],
    ),
    both("workload.online", ["A workload is online again.", "Workload 已恢復上線。"], ROUTINE),
    event(
        "workload.recalc_rules",
        ["The rules of a workload were worked out anew.", "已重新計算 workload 的規則。"],
        ROUTINE,
    ),
    event(
        "workload.redetect_network",
        ["A workload was told to detect its network anew.", "已要求 workload 重新偵測網路。"],
        ROUTINE,
    ),
    event(
        "workload.undelete",
        ["A deleted workload was restored.", "已還原先前刪除的 workload。"],
        PLANNED,
    ),
    event(
        "workload.update",
        [
            "A workload was changed: its labels, mode or name.",
            "已修改 workload（標籤、模式或名稱等）。",
        ],
        [
            "Check that this was planned, above all if its enforcement was lowered.",
            "請確認是否為預定變更，特別是強制執行模式是否調降。",
        ],
    ),
    event(
        "workload.upgrade",
        ["A workload's VEN was upgraded.", "已升級 workload 的 VEN。"],
        ROUTINE,
    ),
    event(
        "workload_interfaces.update",
        ["Network interfaces of workloads changed.", "Workload 的網路介面已變更。"],
        INTERFACES,
    ),
    event(
        "workload_service_report.update",
        ["A workload reported the services it runs.", "Workload 已回報執行中的服務。"],
        ROUTINE,
    ),
    event(
        "workload_settings.update",
        [
            "The settings for workloads were changed, such as when one is offline.",
            "已修改 workload 設定（例如離線判定時間）。",
        ],
        [
            "Check that this was planned: longer timers hide hosts that are gone.",
            "請確認是否為預定變更：時間過長會延後發現失聯的主機。",
        ],
    ),
    event(
        "workloads.apply_policy",
        ["Policy was sent to workloads.", "已將政策套用至 workload。"],
        PLANNED,
    ),
    event(
        "workloads.bulk_create",
        ["Many workloads were created at once.", "已批次新增 workload。"],
        PLANNED,
    ),
    event(
        "workloads.bulk_delete",
        ["Many workloads were deleted at once.", "已批次刪除 workload。"],
        [
            "Check at once that this was planned: their VENs get no policy any more.",
            "請立即確認是否為預定作業：這些 VEN 將無法再取得政策。",
        ],
    ),
    event(
        "workloads.bulk_update",
        ["Many workloads were changed at once.", "已批次修改 workload。"],
        LABELS,
    ),
    event(
        "workloads.remove_labels",
        ["Labels were taken off workloads.", "已移除 workload 的標籤。"],
        LABELS,
    ),
    event(
        "workloads.set_flow_reporting_frequency",
        [
            "Workloads were told to report their flows more often.",
            "已變更 workload 的流量回報頻率。",
        ],
        ROUTINE,
    ),
    event(
        "workloads.set_labels",
        ["Labels were put on workloads.", "已設定 workload 的標籤。"],
        LABELS,
    ),
    event(
        "workloads.unpair",
        [
            "Workloads were unpaired; they are no longer managed.",
            "已解除 workload 配對，不再受管理。",
        ],
        [
            "Check that this was planned: the hosts are without Illumio's policy now.",
            "請確認是否為預定作業：這些主機已不受 Illumio 政策保護。",
        ],
    ),
    event(
        "workloads.update",
        [
            "Workloads were changed, such as their enforcement mode.",
            "已修改多個 workload（例如強制執行模式）。",
        ],
        [
            "Check that this was planned, above all if enforcement was lowered.",
            "請確認是否為預定變更，特別是強制執行模式是否調降。",
        ],
    ),
    notification(
        "container_cluster.duplicate_machine_id",
        [
            "Two nodes of a container cluster have one machine id.",
            "容器叢集中有節點的 machine ID 重複。",
        ],
        [
            "Give each node a machine id of its own: cloned nodes share one.",
            "請為各節點設定不同的 machine ID（複製的節點常會相同）。",
        ],
    ),
    notification(
        "container_cluster.region_mismatch",
        ["A container cluster talks to a PCE of another region.", "容器叢集連線的 PCE 區域不符。"],
        [
            "Correct the PCE's address in the cluster's settings.",
            "請修正容器叢集設定中的 PCE 位址。",
        ],
    ),
    notification(
        "container_workload.invalid_pairing_config",
        ["A container workload has no valid pairing settings.", "容器 workload 的配對設定無效。"],
        [
            "Correct the annotations or the profile of its namespace.",
            "請修正其 annotation，或該 namespace 的設定檔。",
        ],
    ),
    notification(
        "container_workload.not_created",
        ["A container workload could not be created.", "無法建立容器 workload。"],
        [
            "Look at the reason in the event: the container has no policy.",
            "請查看事件中的原因：該容器目前沒有政策。",
        ],
    ),
    notification(
        "workload.duplicate_interface_reported",
        [
            "Two workloads report the same network interface.",
            "有多個 workload 回報相同的網路介面。",
        ],
        [
            "Look for a cloned host or an address that is used twice.",
            "請檢查是否有複製的主機或重複的 IP 位址。",
        ],
    ),
    notification(
        "workload.nat_rules_present",
        ["A host has NAT rules of its own.", "主機上有自訂的 NAT 規則。"],
        [
            "Check that they do not lead traffic past Illumio's policy.",
            "請確認這些規則不會使流量繞過 Illumio 政策。",
        ],
    ),
    notification(
        "workload.offline_after_ven_goodbye",
        [
            "A workload is offline after its VEN said goodbye.",
            "VEN 正常離線後，workload 已判定為離線。",
        ],
        [
            "Nothing at a planned shutdown; else start the host or its VEN again.",
            "若為預定關機則不需處理；否則請重新啟動主機或 VEN。",
        ],
    ),
    notification(
        "workload.oob_policy_changes",
        [
            "A host's firewall was changed behind the VEN's back.",
            "主機防火牆遭竄改，並非由 VEN 變更。",
        ],
        [
            "Find out at once who changed it, and whether the VEN restored it.",
            "請立即查明變更者，並確認 VEN 是否已還原規則。",
        ],
    ),
    notification(
        "workload.partial_policy_delivered",
        ["A workload got only a part of its policy.", "Workload 僅取得部分政策。"],
        [
            "Look for objects its VEN's version does not know, and upgrade the VEN.",
            "請檢查政策中是否有此 VEN 版本不支援的項目，並升級 VEN。",
        ],
    ),
    notification(
        "workload.update_mismatched_interfaces",
        [
            "A workload's interfaces are not those the PCE knows.",
            "Workload 的網路介面與 PCE 紀錄不符。",
        ],
        INTERFACES,
    ),
    notification(
        "workloads.flow_reporting_frequency_updated",
        ["Workloads report their flows at another pace.", "Workload 的流量回報頻率已變更。"],
        ROUTINE,
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "container_cluster" "A container cluster" "容器叢集": create update delete => PLANNED;
    "container_workload_profile" "A container workload profile" "容器 workload 設定檔":
        create update delete => LABELS;
    "vulnerability" "A vulnerability's description" "弱點資料": create update delete => ROUTINE;
    "vulnerability_report" "A vulnerability report" "弱點掃描報告": update delete => ROUTINE;
    "workload_interface" "A workload's network interface" " workload 網路介面":
        create update delete => INTERFACES;
};
