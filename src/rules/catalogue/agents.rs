//! VENs (agents): their health, pairing, upgrading.

use super::words::{PLANNED, ROUTINE, WHO_GETS_IN, families};
use super::{Entry, both, event, notification};

pub(super) const ENTRIES: &[Entry] = &[
    event("agent.activate", ["A VEN was paired with the PCE.", "VEN 已與 PCE 配對。"], PLANNED),
    event(
        "agent.activate_clone",
        ["A cloned VEN was activated under an identity of its own.", "複製的 VEN 已以新身分啟用。"],
        [
            "Check that the host was cloned on purpose, and that its labels are right.",
            "請確認主機確為刻意複製，且標籤正確。",
        ],
    ),
    both(
        "agent.clone_detected",
        [
            "Two hosts report under one VEN's identity: one is a copy of the other.",
            "偵測到複製的 VEN：兩台主機使用同一個 VEN 身分。",
        ],
        [
            "Find the copy and pair it anew; act at once where the severity is err.",
            "請找出複製的主機並重新配對；嚴重性為 err 時應立即處理。",
        ],
    )
    .recommended(),
    event(
        "agent.deactivate",
        [
            "A VEN was unpaired; its workload is no longer managed.",
            "VEN 已解除配對，該 workload 不再受管理。",
        ],
        [
            "Check that this was planned: the host is without Illumio's policy now.",
            "請確認是否為預定作業：該主機已不受 Illumio 政策保護。",
        ],
    ),
    event(
        "agent.goodbye",
        [
            "A VEN said goodbye: it was stopped, or its host shut down.",
            "VEN 已離線：VEN 停止或主機關機。",
        ],
        [
            "Nothing at a planned shutdown; else ask who stopped it.",
            "若為預定關機則不需處理；否則請查明停止的原因。",
        ],
    ),
    event(
        "agent.machine_identifier",
        ["A VEN's machine identifiers changed.", "VEN 的機器識別碼已變更。"],
        [
            "Expected when hardware or a VM was moved; else look for a cloned host.",
            "更換硬體或移轉 VM 後屬正常；否則請檢查是否有複製的主機。",
        ],
    ),
    event(
        "agent.refresh_policy",
        [
            "A VEN fetched and applied its policy, or failed to.",
            "VEN 更新並套用政策（可能成功或失敗）。",
        ],
        [
            "On failure, look at the VEN's log: the host runs on old policy.",
            "失敗時請檢查 VEN 紀錄：該主機仍在使用舊政策。",
        ],
    ),
    event("agent.refresh_token", ["A VEN renewed its token.", "VEN 已更新權杖。"], ROUTINE),
    event("agent.request_upgrade", ["A VEN was told to upgrade.", "已要求 VEN 升級。"], PLANNED),
    both(
        "agent.service_not_available",
        ["One of a VEN's services is not running.", "VEN 有服務未執行。"],
        [
            "Check the VEN on the host (illumio-ven-ctl status) and restart it.",
            "請在主機上檢查 VEN（illumio-ven-ctl status）並重新啟動。",
        ],
    ),
    event(
        "agent.suspend",
        [
            "A VEN was suspended: its workload is no longer protected.",
            "VEN 已暫停：該 workload 不再受到保護。",
        ],
        [
            "Ask who suspended it and why; unsuspend it as soon as it can be.",
            "請查明由誰、因何暫停，並儘快恢復。",
        ],
    )
    .recommended(),
    event(
        "agent.tampering",
        [
            "A host's firewall rules were changed behind the VEN's back.",
            "主機的防火牆規則遭竄改，並非由 VEN 變更。",
        ],
        [
            "Find out at once who changed them, and whether the VEN restored them.",
            "請立即查明變更者，並確認 VEN 是否已還原規則。",
        ],
    )
    .recommended(),
    event("agent.unsuspend", ["A suspended VEN works again.", "暫停的 VEN 已恢復運作。"], ROUTINE),
    event(
        "agent.update",
        [
            "A VEN reported new properties, or trouble in its notifications.",
            "VEN 回報屬性變更，或於通知中回報問題。",
        ],
        [
            "Act if it has notifications: a dead process, policy that was not applied.",
            "若附有通知請處理：代表行程異常或政策套用失敗。",
        ],
    )
    .recommended(),
    event(
        "agent.update_interactive_users",
        ["A VEN reported who is logged in on its host.", "VEN 回報主機上的登入使用者。"],
        ROUTINE,
    ),
    event(
        "agent.update_iptables_href",
        [
            "A VEN renewed its reference to the host's own iptables rules.",
            "VEN 已更新主機既有 iptables 規則的參照。",
        ],
        ROUTINE,
    ),
    event(
        "agent.update_running_containers",
        ["A VEN reported the containers that run on its host.", "VEN 回報主機上執行中的容器。"],
        ROUTINE,
    ),
    event(
        "agent.upload_existing_ip_table_rules",
        [
            "A VEN uploaded a host's existing iptables rules.",
            "VEN 已上傳主機既有的 iptables 規則。",
        ],
        ROUTINE,
    ),
    event(
        "agent.upload_support_report",
        ["A VEN uploaded a support report.", "VEN 已上傳支援報告。"],
        PLANNED,
    ),
    event(
        "agents.clear_conditions",
        ["Conditions of VENs were cleared by hand.", "已手動清除 VEN 的異常狀態。"],
        [
            "Check that the cause was mended, and not just the sign of it.",
            "請確認問題已排除，而不只是清除顯示。",
        ],
    ),
    event(
        "agents.unpair",
        [
            "VENs were unpaired; their workloads are no longer managed.",
            "已解除多個 VEN 的配對，相關 workload 不再受管理。",
        ],
        [
            "Check that this was planned: the hosts are without Illumio's policy now.",
            "請確認是否為預定作業：這些主機已不受 Illumio 政策保護。",
        ],
    ),
    event(
        "lost_agent.found",
        [
            "A VEN still runs whose workload was deleted from the PCE.",
            "發現失聯的 VEN：VEN 仍在執行，但 PCE 已刪除其 workload。",
        ],
        [
            "Pair the host anew, or uninstall its VEN: it gets no policy any more.",
            "請重新配對，或移除該主機的 VEN：它已無法取得政策。",
        ],
    )
    .recommended(),
    event(
        "pairing_profile.create_pairing_key",
        ["A pairing key was created.", "已產生配對金鑰。"],
        [
            "Check that this was planned: with it, hosts join with the profile's labels.",
            "請確認是否為預定作業：持有此金鑰的主機即可配對加入。",
        ],
    ),
    event(
        "pairing_profile.delete_all_pairing_keys",
        ["All pairing keys of a profile were revoked.", "已撤銷配對設定檔的所有配對金鑰。"],
        [
            "Renew the key in installation scripts and images that pair with it.",
            "請更新安裝指令碼與映像檔中使用的配對金鑰。",
        ],
    ),
    event(
        "pairing_profiles.delete",
        ["Pairing profiles were deleted.", "已批次刪除配對設定檔。"],
        PLANNED,
    ),
    event(
        "system_task.agent_missed_heartbeats_check",
        [
            "VENs missed their heartbeats (three of them, some 15 minutes).",
            "VEN 遺失心跳（連續三次，約 15 分鐘）。",
        ],
        [
            "Check the hosts and their way to the PCE before they count as offline.",
            "請在判定離線前，檢查主機狀態及其與 PCE 的連線。",
        ],
    )
    .recommended(),
    event(
        "system_task.agent_offline_check",
        ["VENs were marked offline and taken out of policy.", "VEN 已判定為離線，並自政策中移除。"],
        [
            "Bring them back: other hosts no longer let them in by policy.",
            "請儘快恢復：其他主機的政策已不再允許與其連線。",
        ],
    )
    .recommended(),
    event(
        "ven_settings.update",
        ["The settings for VENs were changed.", "已修改 VEN 設定。"],
        PLANNED,
    ),
    event(
        "ven_software.upgrade",
        ["VENs were upgraded from the PCE.", "已由 PCE 升級 VEN 軟體。"],
        [
            "Check that the VENs send heartbeats again after the upgrade.",
            "請確認 VEN 升級後已恢復心跳。",
        ],
    ),
    event(
        "ven_software_release.deploy",
        ["A VEN software release was deployed.", "已部署 VEN 軟體版本。"],
        PLANNED,
    ),
    event(
        "ven_software_releases.set_default_version",
        ["The default VEN version for pairing was changed.", "已變更配對時使用的預設 VEN 版本。"],
        PLANNED,
    ),
    notification(
        "agent.fw_state_table_threshold_exceeded",
        ["A host's firewall state table is nearly full.", "主機的防火牆連線狀態表即將用盡。"],
        [
            "Raise the table's size (nf_conntrack_max), or find what opens so many.",
            "請調高狀態表上限（nf_conntrack_max），或找出大量連線的來源。",
        ],
    ),
    notification(
        "agent.missed_heartbeats",
        ["A VEN missed its heartbeats.", "VEN 遺失心跳。"],
        [
            "Check the host and its way to the PCE before it counts as offline.",
            "請在判定離線前，檢查主機狀態及其與 PCE 的連線。",
        ],
    ),
    notification(
        "agent.missing_heartbeats_after_upgrade",
        ["A VEN is silent since its upgrade.", "VEN 升級後未再送出心跳。"],
        [
            "Look at the VEN on the host: the upgrade may have failed half-way.",
            "請檢查主機上的 VEN：升級可能中途失敗。",
        ],
    ),
    notification(
        "agent.policy_deploy_failed",
        ["A VEN could not apply its policy.", "VEN 套用政策失敗。"],
        [
            "Look at the VEN's log: the host runs on old policy.",
            "請檢查 VEN 紀錄：該主機仍在使用舊政策。",
        ],
    ),
    notification(
        "agent.policy_deploy_succeeded",
        ["A VEN applied its policy.", "VEN 已成功套用政策。"],
        ROUTINE,
    ),
    notification(
        "agent.process_failed",
        ["A process of a VEN failed.", "VEN 有行程異常終止。"],
        [
            "Check the VEN on the host (illumio-ven-ctl status) and restart it.",
            "請在主機上檢查 VEN（illumio-ven-ctl status）並重新啟動。",
        ],
    ),
    notification(
        "agent.upgrade_requested",
        ["A VEN was told to upgrade.", "已要求 VEN 升級。"],
        PLANNED,
    ),
    notification("agent.upgrade_successful", ["A VEN was upgraded.", "VEN 升級成功。"], ROUTINE),
    notification(
        "agent.upgrade_time_out",
        ["A VEN did not finish its upgrade in time.", "VEN 升級逾時。"],
        [
            "Look at the VEN on the host, and upgrade it by hand if need be.",
            "請檢查主機上的 VEN，必要時手動升級。",
        ],
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "agent_support_report_request" "A request for a VEN's support report" " VEN 支援報告的要求":
        create delete => PLANNED;
    "pairing_profile" "A pairing profile" "配對設定檔": create update delete => WHO_GETS_IN;
    "ven_software_release" "A VEN software release" " VEN 軟體版本": create update delete => PLANNED;
};
