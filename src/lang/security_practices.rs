//! The second set of best practices: each rule's name, what its alert means, what to do.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    lateral_name() { en: "One source to many hosts", zh: "單一來源連往多台主機" }
    lateral_desc() {
        en: "One host tried administration ports (SSH, RPC, SMB, RDP, WinRM) of five or more others, and no rule allows that: this is how an intruder or a worm spreads.",
        zh: "某台主機嘗試連往五台以上主機的管理用連接埠（SSH、RPC、SMB、RDP、WinRM），且沒有規則允許：入侵者或蠕蟲多以此擴散。"
    }
    lateral_rec() {
        en: "Find out what runs on that host now; if nobody can say, isolate it. Exclude your own scanners and jump hosts with not_src_host, or allow them with a rule.",
        zh: "請立即查明該主機目前執行的程式；若無人能說明，請隔離該主機。貴單位自有的掃描器或跳板機，可加入 not_src_host 或以規則放行。"
    }

    scan_name() { en: "Port scan", zh: "連接埠掃描" }
    scan_desc() {
        en: "One host tried twenty or more ports of another, and no rule allows that: it is probing for services.",
        zh: "某台主機嘗試連往另一台主機的二十個以上連接埠，且沒有規則允許：多半是在探測可用的服務。"
    }
    scan_rec() {
        en: "Ask who runs a scanner there; if nobody does, investigate the source. Exclude your own scanners with not_src_host.",
        zh: "請確認是否有人在該處執行掃描；若沒有，請調查來源主機。自有的掃描器可加入 not_src_host。"
    }

    target_name() { en: "Many sources on one destination", zh: "多個來源連往同一目的" }
    target_desc() {
        en: "Fifty or more hosts tried one destination, and no rule allows that: an attack, a service that moved, or a missing rule.",
        zh: "五十台以上主機嘗試連往同一目的，且沒有規則允許：可能是攻擊、服務搬遷，或缺少規則。"
    }
    target_rec() {
        en: "Look at the ports and at what the sources have in common; if it is legitimate, add a rule.",
        zh: "請查看連接埠與各來源的共同點；若為合法流量，請建立規則。"
    }

    database_name() { en: "New source at the databases", zh: "資料庫出現新的來源" }
    database_desc() {
        en: "A host that had not done so for thirty days tried a database's port, and no rule allows that.",
        zh: "某台主機嘗試連往資料庫的連接埠，三十天內未曾出現，且沒有規則允許。"
    }
    database_rec() {
        en: "Ask the owner of the database whether the host belongs to a new application; if not, investigate the host.",
        zh: "請向資料庫負責人確認該主機是否屬於新的應用系統；若否，請調查該主機。"
    }

    address_name() { en: "Login from a new address", zh: "自新的位址登入" }
    address_desc() {
        en: "A user of the PCE logged in from an address that this user had not come from for thirty days.",
        zh: "PCE 的使用者自三十天內未曾使用的位址登入。"
    }
    address_rec() {
        en: "Ask the user. If it was somebody else, end the session, change the password, and look at what was changed since.",
        zh: "請向本人確認。若非本人，請終止其工作階段、變更密碼，並檢查登入後的變更。"
    }

    guessing_name() { en: "Password guessing", zh: "猜測密碼" }
    guessing_desc() {
        en: "Logins as one user failed five times within ten minutes.",
        zh: "同一使用者在十分鐘內登入失敗五次。"
    }
    guessing_rec() {
        en: "Look at the source address and ask the user; if it was somebody else, block the address.",
        zh: "請查看來源位址並向本人確認；若非本人，請封鎖該位址。"
    }

    enforcement_name() { en: "Enforcement lowered", zh: "強制執行層級降低" }
    enforcement_desc() {
        en: "Workloads that were enforced are now in visibility only, or idle: traffic that policy blocks can pass there.",
        zh: "原本強制執行的 workload 改為僅可視或閒置：政策應封鎖的流量將可通過。"
    }
    enforcement_rec() {
        en: "Ask who did it and for how long; restore it as soon as the reason is gone.",
        zh: "請確認由誰變更、預計多久；原因排除後請儘快恢復。"
    }

    unpaired_name() { en: "VEN deactivated or unpaired", zh: "VEN 遭停用或解除配對" }
    unpaired_desc() {
        en: "VENs were deactivated or unpaired: policy no longer applies to their hosts, and they no longer report.",
        zh: "VEN 已停用或解除配對：這些主機不再套用政策，也不再回報。"
    }
    unpaired_rec() {
        en: "Check that the hosts were retired or are being moved; if nobody knows about it, pair them again and find out who did it.",
        zh: "請確認這些主機是否已除役或正在搬遷；若無人知情，請重新配對並查明由誰執行。"
    }

    applied_name() { en: "Policy not applied", zh: "政策未套用" }
    applied_desc() {
        en: "A VEN could not apply its policy, or one of its processes fails: the host may be unprotected.",
        zh: "VEN 無法套用政策，或其行程發生錯誤：該主機可能未受保護。"
    }
    applied_rec() {
        en: "Look at the VEN's log on the host; another firewall product, a full disk and a failed upgrade are the usual reasons.",
        zh: "請查看主機上的 VEN 紀錄；常見原因為其他防火牆產品、磁碟已滿或升級失敗。"
    }

    keys_name() { en: "API key or service account created", zh: "新增 API 金鑰或服務帳號" }
    keys_desc() {
        en: "Somebody created a key or an account that lets programs access the PCE.",
        zh: "有人新增了可供程式存取 PCE 的金鑰或帳號。"
    }
    keys_rec() {
        en: "Check that it was requested, and that its rights are no wider than necessary.",
        zh: "請確認是否經過申請，且權限未超出所需。"
    }

    access_name() { en: "Access settings changed", zh: "登入方式變更" }
    access_desc() {
        en: "The settings that control who can access the PCE were changed: passwords, SAML, LDAP, RADIUS or address restrictions.",
        zh: "使用者與金鑰存取 PCE 的設定已變更：密碼原則、SAML、LDAP、RADIUS 或位址限制。"
    }
    access_rec() {
        en: "Check that the change was planned; it decides who can change everything else.",
        zh: "請確認是否為預定變更；此設定決定誰能變更其他一切。"
    }

    deny_name() { en: "Deny rule or boundary changed", zh: "拒絕規則或邊界變更" }
    deny_desc() {
        en: "A deny rule or an enforcement boundary was created, changed or deleted; it takes effect with the next provisioning.",
        zh: "拒絕規則或強制執行邊界已新增、修改或刪除；將於下次佈建後生效。"
    }
    deny_rec() {
        en: "Check that it was planned, and which traffic passes now that did not before.",
        zh: "請確認是否為預定變更，以及有哪些流量因此可以通過。"
    }

    provisioned_name() { en: "Policy for many workloads", zh: "政策影響大量 workload" }
    provisioned_desc() {
        en: "A policy was provisioned that affects more than a hundred workloads.",
        zh: "佈建的政策影響超過一百個 workload。"
    }
    provisioned_rec() {
        en: "Check that it was planned, and watch the blocked traffic of the next hour.",
        zh: "請確認是否為預定作業，並留意接下來一小時遭封鎖的流量。"
    }

    offline_name() { en: "VENs offline now", zh: "目前離線的 VEN" }
    offline_desc() {
        en: "These workloads have been offline for an hour or more: they do not report, and they get no new policy.",
        zh: "這些 workload 已離線一小時以上：無法得知其狀況，也不會收到新的政策。"
    }
    offline_rec() {
        en: "Check whether each host is up and reaches the PCE; unpair those that were retired.",
        zh: "請確認各主機是否運作中並可連線至 PCE；已除役者請解除配對。"
    }
}
