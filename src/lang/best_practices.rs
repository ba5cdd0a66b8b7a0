//! The best practices: each rule's name, what its alert means, what to do.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    tampering_name() { en: "VEN tampering", zh: "VEN 遭竄改" }
    tampering_desc() {
        en: "The firewall that the VEN manages on this workload was changed by someone else; the VEN usually puts it back.",
        zh: "此 workload 上由 VEN 管理的防火牆遭他人變更；VEN 通常會自動還原。"
    }
    tampering_rec() {
        en: "Find out at once who was on the host at that time, and check that the VEN has applied its policy again.",
        zh: "請立即查明當時登入該主機的人員，並確認 VEN 已重新套用政策。"
    }

    clone_name() { en: "VEN cloned", zh: "偵測到 VEN 複本" }
    clone_desc() {
        en: "Two hosts report to the PCE as the same VEN; most often a virtual machine was copied with its VEN inside.",
        zh: "有兩台主機以同一個 VEN 的身分向 PCE 回報；多半是虛擬機器連同 VEN 一起被複製。"
    }
    clone_rec() {
        en: "Find the copy, uninstall its VEN and pair the host again; if nobody copied a host, treat it as an intrusion.",
        zh: "請找出複本主機，移除其 VEN 後重新配對；若無人複製過主機，請視為入侵事件處理。"
    }

    suspended_name() { en: "VEN suspended", zh: "VEN 已暫停" }
    suspended_desc() {
        en: "The VEN was suspended: it enforces no policy, and its workload is unprotected.",
        zh: "VEN 已被暫停，不再執行任何政策，該 workload 處於未受保護的狀態。"
    }
    suspended_rec() {
        en: "Ask who suspended it and why; end the suspension as soon as the work on the host is done.",
        zh: "請確認由誰暫停及其原因；主機作業完成後，請儘快解除暫停。"
    }

    heartbeats_name() { en: "VEN heartbeats missed", zh: "VEN 遺失心跳" }
    heartbeats_desc() {
        en: "VENs have not reported for three heartbeats (15 minutes, unless set otherwise); if it lasts, the PCE considers them offline.",
        zh: "VEN 連續三次未回報心跳（預設為 15 分鐘）；若持續下去，PCE 會將其視為離線。"
    }
    heartbeats_rec() {
        en: "Check the VEN's service and the connection from the host to the PCE; many hosts at once point to the network or the PCE.",
        zh: "請檢查 VEN 服務，以及主機到 PCE 的連線；若多台主機同時發生，問題多半在網路或 PCE。"
    }

    offline_name() { en: "Workload offline", zh: "Workload 離線" }
    offline_desc() {
        en: "The PCE has marked workloads as offline and removes them from the policy of other workloads.",
        zh: "PCE 已將 workload 標示為離線，並從其他 workload 的政策中移除。"
    }
    offline_rec() {
        en: "Check whether the host is up and reaches the PCE; if it was retired, unpair its VEN.",
        zh: "請確認主機是否運作中並可連線至 PCE；若主機已除役，請解除其 VEN 的配對。"
    }

    lost_name() { en: "Lost VEN found", zh: "發現失聯的 VEN" }
    lost_desc() {
        en: "A VEN still runs on a host whose workload was deleted on the PCE; it no longer gets policy.",
        zh: "PCE 上的 workload 已刪除，但主機上的 VEN 仍在執行，且不再收到政策。"
    }
    lost_rec() {
        en: "Pair the host again if it is in use, or uninstall the VEN.",
        zh: "若主機仍在使用，請重新配對；否則請移除 VEN。"
    }

    login_name() { en: "Login failures", zh: "登入失敗" }
    login_desc() {
        en: "Logins to the PCE failed several times within a short time: a forgotten password, or someone guessing.",
        zh: "短時間內多次登入 PCE 失敗：可能是忘記密碼，或有人嘗試猜測密碼。"
    }
    login_rec() {
        en: "Look at the user name and the source address, and ask the user; if it was somebody else, block the address.",
        zh: "請查看使用者名稱與來源位址，並向本人確認；若非本人所為，請封鎖該位址。"
    }

    api_name() { en: "API authentication failures", zh: "API 認證失敗" }
    api_desc() {
        en: "A request to the PCE's API used a key that is wrong, expired or deleted.",
        zh: "有 API 請求使用了錯誤、過期或已刪除的金鑰。"
    }
    api_rec() {
        en: "Find the program by its source address and renew its key; if no program of yours runs there, investigate that host.",
        zh: "請依來源位址找出該程式並更新金鑰；若該處並無貴單位的程式，請調查該主機。"
    }

    ruleset_name() { en: "Ruleset changed", zh: "規則集變更" }
    ruleset_desc() {
        en: "A ruleset was created, changed or deleted; it takes effect with the next provisioning.",
        zh: "規則集已新增、修改或刪除；將於下次佈建（provision）後生效。"
    }
    ruleset_rec() {
        en: "Check that the change was planned, and that its scope is no wider than necessary.",
        zh: "請確認此變更是否在計畫之內，且適用範圍（scope）未超出所需。"
    }

    internal_name() { en: "PCE internal error", zh: "PCE 內部錯誤" }
    internal_desc() {
        en: "The PCE could not answer a request because of an internal error.",
        zh: "PCE 因本身發生錯誤而無法處理請求。"
    }
    internal_rec() {
        en: "Check the PCE's health and its logs; if it happens again, contact Illumio support.",
        zh: "請檢查 PCE 的健康狀態與系統紀錄；若一再發生，請洽 Illumio 技術支援。"
    }

    blocked_name() { en: "Blocked traffic", zh: "已封鎖的流量" }
    blocked_desc() {
        en: "Policy blocked these connections. Multicast, broadcast and the usual background traffic of a local network are excluded.",
        zh: "這些連線遭政策封鎖。已排除群播、廣播及區域網路的例行流量。"
    }
    blocked_rec() {
        en: "Look at the Top Talkers: allow what is legitimate with a rule, and investigate the sources of what is not.",
        zh: "請查看 Top Talkers：合法的流量請以規則放行，不合法的請調查其來源。"
    }

    potential_name() { en: "Potentially blocked traffic", zh: "可能遭封鎖的流量" }
    potential_desc() {
        en: "No rule allows these connections: they pass for now, and are blocked once the workload is enforced. Multicast, broadcast and the usual background traffic are excluded.",
        zh: "沒有規則允許這些連線：目前仍可通過，但 workload 進入強制執行模式後將遭封鎖。已排除群播、廣播及區域網路的例行流量。"
    }
    potential_rec() {
        en: "Write the rules for what is legitimate before enforcement is turned on.",
        zh: "啟用強制執行之前，請先為合法的流量建立規則。"
    }
}
