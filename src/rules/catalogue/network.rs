//! Network devices, load balancers, and what enforces policy in their stead.

use super::words::{PLANNED, ROUTINE, families};
use super::{Entry, event};

pub(super) const ENTRIES: &[Entry] = &[
    event(
        "network_device.ack_enforcement_instructions_applied",
        [
            "It was confirmed that a network device has its policy.",
            "已確認網路設備套用強制執行指令。",
        ],
        ROUTINE,
    ),
    event(
        "network_device.assign_workload",
        ["A workload was assigned to a network device.", "已將 workload 指派給網路設備。"],
        PLANNED,
    ),
    event(
        "network_devices.ack_multi_enforcement_instructions_applied",
        [
            "It was confirmed that several network devices have their policy.",
            "已確認多台網路設備套用強制執行指令。",
        ],
        ROUTINE,
    ),
    event(
        "network_enforcement_node.activate",
        ["A network enforcement node (NEN) was activated.", "網路強制執行節點（NEN）已啟用。"],
        PLANNED,
    ),
    event(
        "network_enforcement_node.clear_conditions",
        ["Conditions of a NEN were cleared by hand.", "已手動清除 NEN 的異常狀態。"],
        [
            "Check that the cause was mended, and not just the sign of it.",
            "請確認問題已排除，而不只是清除顯示。",
        ],
    ),
    event(
        "network_enforcement_node.deactivate",
        ["A network enforcement node (NEN) was deactivated.", "網路強制執行節點（NEN）已停用。"],
        [
            "Check that this was planned: its devices get no new policy.",
            "請確認是否為預定作業：其管理的設備將無法取得新政策。",
        ],
    ),
    event(
        "network_enforcement_node.network_devices_network_endpoints_workloads",
        [
            "A NEN reported the workloads at its devices' endpoints.",
            "NEN 已回報其設備端點上的 workload。",
        ],
        ROUTINE,
    ),
    event(
        "network_enforcement_node.policy_ack",
        ["A NEN confirmed its policy.", "NEN 已確認收到政策。"],
        ROUTINE,
    ),
    event(
        "network_enforcement_node.request_policy",
        ["A NEN asked for its policy.", "NEN 已要求取得政策。"],
        ROUTINE,
    ),
    event(
        "network_enforcement_node.update_status",
        ["A NEN reported a new status.", "NEN 的狀態已更新。"],
        ["Look at the NEN if the new status is not a healthy one.", "若新狀態異常，請檢查該 NEN。"],
    ),
    event(
        "nfc.activate",
        ["A network function controller was activated.", "網路功能控制器（NFC）已啟用。"],
        PLANNED,
    ),
    event(
        "nfc.delete",
        ["A network function controller was deleted.", "已刪除網路功能控制器（NFC）。"],
        [
            "Check that this was planned: its load balancers get no new policy.",
            "請確認是否為預定作業：其負載平衡器將無法取得新政策。",
        ],
    ),
    event(
        "nfc.update_discovered_virtual_servers",
        [
            "A controller reported a load balancer's virtual servers.",
            "NFC 已回報負載平衡器上的虛擬伺服器。",
        ],
        ROUTINE,
    ),
    event(
        "nfc.update_policy_status",
        ["A controller reported how far its policy is applied.", "NFC 已回報政策套用狀態。"],
        ROUTINE,
    ),
    event(
        "nfc.update_slb_state",
        ["A controller reported a load balancer's state.", "NFC 已回報負載平衡器狀態。"],
        [
            "Look at the load balancer if the new state is an error.",
            "若新狀態為錯誤，請檢查該負載平衡器。",
        ],
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "network" "A network" "網路": create update delete => PLANNED;
    "network_device" "A network device" "網路設備": create update delete => PLANNED;
    "network_endpoint" "A network device's endpoint" "網路設備端點": create update delete => PLANNED;
    "secure_connect_gateway" "A SecureConnect gateway" " SecureConnect 閘道":
        create update delete => PLANNED;
    "slb" "A load balancer" "負載平衡器": create update delete => PLANNED;
};
