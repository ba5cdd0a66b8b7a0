//! Rules, and what rules are made of.

use super::words::{PART_OF_POLICY, PLANNED, families};
use super::{Entry, both, event, notification};

/// Illumio's own words on scopes, in ours.
const SCOPE: [&str; 2] = [
    "Check its scope: one without labels reaches every workload.",
    "請檢查適用範圍：未指定標籤即套用至所有 workload。",
];

/// Illumio's own words on rules, in ours.
const BREADTH: [&str; 2] = [
    "Check that it does not open all workloads, all services or key labels.",
    "請確認規則未開放所有 workload、所有服務或重要標籤。",
];

pub(super) const ENTRIES: &[Entry] = &[
    event(
        "firewall_settings.update",
        ["The firewall settings of the whole policy were changed.", "已修改全域防火牆設定。"],
        PART_OF_POLICY,
    ),
    event("ip_lists.delete", ["IP lists were deleted.", "已批次刪除 IP 清單。"], PART_OF_POLICY),
    event("labels.delete", ["Labels were deleted.", "已批次刪除標籤。"], PART_OF_POLICY),
    event("rule_set.create", ["A ruleset was created.", "已新增規則集。"], SCOPE).recommended(),
    event("rule_set.update", ["A ruleset was changed.", "已修改規則集。"], SCOPE).recommended(),
    event("rule_set.delete", ["A ruleset was deleted.", "已刪除規則集。"], PLANNED),
    event(
        "rule_sets.delete",
        ["Rulesets were deleted.", "已批次刪除規則集。"],
        [
            "Check that this was planned: once provisioned, their flows are blocked.",
            "請確認是否為預定作業：佈建後，原本允許的流量將遭封鎖。",
        ],
    )
    .recommended(),
    event(
        "sec_policy.create",
        ["Policy was provisioned: the draft is in force now.", "已佈建政策：草稿現已生效。"],
        [
            "Look at workloads_affected; a high number should have been announced.",
            "請查看 workloads_affected；若影響數量大，應為事先公告的變更。",
        ],
    )
    .recommended(),
    both(
        "sec_policy.restore",
        ["An earlier version of the policy was restored.", "已還原先前版本的政策。"],
        [
            "Check that this was planned: later changes are undone in the draft.",
            "請確認是否為預定作業：該版本之後的變更已自草稿中復原。",
        ],
    ),
    event(
        "sec_policy_pending.delete",
        [
            "Policy changes that waited to be provisioned were discarded.",
            "已捨棄尚未佈建的政策變更。",
        ],
        PLANNED,
    ),
    event("sec_rule.create", ["A rule was created.", "已新增規則。"], BREADTH).recommended(),
    event("sec_rule.update", ["A rule was changed.", "已修改規則。"], BREADTH).recommended(),
    event(
        "sec_rule.delete",
        ["A rule was deleted.", "已刪除規則。"],
        [
            "Check that this was planned: once provisioned, its flows are blocked.",
            "請確認是否為預定作業：佈建後，原本允許的流量將遭封鎖。",
        ],
    )
    .recommended(),
    event(
        "service_bindings.delete",
        ["Workloads were unbound from virtual services.", "已批次刪除虛擬服務繫結。"],
        PART_OF_POLICY,
    ),
    event("services.delete", ["Services were deleted.", "已批次刪除服務。"], PART_OF_POLICY),
    event(
        "virtual_services.bulk_create",
        ["Many virtual services were created at once.", "已批次新增虛擬服務。"],
        PART_OF_POLICY,
    ),
    event(
        "virtual_services.bulk_update",
        ["Many virtual services were changed at once.", "已批次修改虛擬服務。"],
        PART_OF_POLICY,
    ),
    notification(
        "virtual_service.not_created",
        ["A virtual service could not be created.", "無法建立虛擬服務。"],
        [
            "Look at the reason in the event, often a name that is taken.",
            "請查看事件中的原因，常見為名稱重複。",
        ],
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "enforcement_boundary" "An enforcement boundary" "強制邊界": create update delete => [
        "Check that this was planned: a boundary decides what is blocked by default.",
        "請確認是否為預定變更：強制邊界決定預設封鎖的流量。",
    ];
    "ip_list" "An IP list" " IP 清單": create update delete => PART_OF_POLICY;
    "ip_tables_rule" "A custom iptables rule" "自訂 iptables 規則": create update delete => [
        "Check that this was planned: such a rule goes past Illumio's own.",
        "請確認是否為預定變更：此類規則可繞過 Illumio 規則。",
    ];
    "label" "A label" "標籤": create update delete => PART_OF_POLICY;
    "label_group" "A label group" "標籤群組": create update delete => PART_OF_POLICY;
    "service" "A service" "服務": create update delete => PART_OF_POLICY;
    "service_binding" "A workload's binding to a virtual service" "虛擬服務繫結":
        create delete => PART_OF_POLICY;
    "virtual_server" "A virtual server" "虛擬伺服器": create update delete => PART_OF_POLICY;
    "virtual_service" "A virtual service" "虛擬服務": create update delete => PART_OF_POLICY;
};
