//! What a user may want to see: in the menu's list, and in the rule that comes of it.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    what() { en: "What do you want to see?", zh: "想監看什麼？" }
    event_by_type() { en: "Something else among the events, by their type", zh: "其他事件（依事件類型）" }
    traffic_by_key() { en: "Something else in the traffic, field by field", zh: "其他流量（逐一填寫欄位）" }

    workloads_by_state() { en: "How workloads are: offline, suspended, not enforced …", zh: "workload 的狀態：離線、已暫停、未強制執行政策等" }

    sweep() { en: "One source that tries to reach many hosts, as an intruder does", zh: "單一來源嘗試連往許多主機（疑似橫向移動）" }
    sweep_name() { en: "One source to many hosts", zh: "單一來源連往許多主機" }
    sweep_desc() {
        en: "One host tries others, one after the other, on ports that hosts are administered through. So does an intruder who looks for a way on, and a worm.",
        zh: "同一台主機在管理用連接埠上接連嘗試連往其他主機。入侵者尋找下一個目標時，以及蠕蟲擴散時，都會如此。"
    }
    sweep_rec() {
        en: "Find out at once what runs on the source and who is logged in there; where nobody can say, isolate it.",
        zh: "請立即查明來源主機上執行的程式與登入者；若無人能說明，請隔離該主機。"
    }

    scan() { en: "One source that tries many ports of one host (a port scan)", zh: "單一來源嘗試同一主機的許多連接埠（連接埠掃描）" }
    scan_name() { en: "Port scan", zh: "連接埠掃描" }
    scan_desc() {
        en: "One host tries many ports of another: somebody, or a scanner, looks for what runs there.",
        zh: "同一台主機嘗試另一台主機的許多連接埠，表示有人或掃描程式正在探查該主機上的服務。"
    }
    scan_rec() {
        en: "If the source is your own scanner, leave it out (ex_src_ip); else find out who scans, and isolate the source.",
        zh: "若來源為自有的掃描程式，請予排除（ex_src_ip）；否則請查明掃描者並隔離來源主機。"
    }

    besieged() { en: "Many sources that try to reach one host", zh: "許多來源嘗試連往同一台主機" }
    besieged_name() { en: "Many sources to one host", zh: "許多來源連往同一台主機" }
    besieged_desc() {
        en: "Many hosts try to reach one that the policy does not let them reach: it is attacked, or a rule for a service is missing.",
        zh: "許多主機嘗試連往政策未允許的同一台主機：可能是遭受攻擊，或某項服務缺少規則。"
    }
    besieged_rec() {
        en: "Look at the port: if it is a service that everybody needs, write a rule; else look at the sources.",
        zh: "請查看連接埠：若為大家都需要的服務，請新增規則；否則請檢查各來源主機。"
    }

    blocked() { en: "Blocked traffic, each source by itself", zh: "已封鎖的流量（各來源分別計算）" }
    blocked_name() { en: "Blocked traffic of one source", zh: "單一來源的已封鎖流量" }

    newcomer() { en: "A source that is new on certain ports, such as those of databases", zh: "特定連接埠（例如資料庫）上新出現的來源" }
    newcomer_name() { en: "New source on a port", zh: "連接埠上新出現的來源" }
    newcomer_desc() {
        en: "A host uses a port that it was not seen to use before.",
        zh: "有主機使用了先前未曾使用的連接埠。"
    }
    newcomer_rec() {
        en: "Ask the owner of the destination whether the source is expected there.",
        zh: "請向目的主機的負責人確認此來源是否符合預期。"
    }

    guessing() { en: "Failed log-ins of one user", zh: "同一使用者登入失敗" }
    guessing_name() { en: "Failed log-ins of one user", zh: "同一使用者登入失敗" }
    guessing_desc() {
        en: "Log-ins to the PCE fail again and again for one user: somebody guesses the password, or the user has forgotten it.",
        zh: "同一使用者接連登入 PCE 失敗：可能有人在猜測密碼，或使用者忘記密碼。"
    }
    guessing_rec() {
        en: "Ask the user; if it was not them, look at the address, and lock or change the account.",
        zh: "請向該使用者確認；若非本人，請查看來源位址，並鎖定帳號或變更密碼。"
    }

    stranger() { en: "A user who logs in from a new address", zh: "使用者由新的位址登入" }
    stranger_name() { en: "Log-in from a new address", zh: "由新的位址登入" }
    stranger_desc() {
        en: "A user logged in to the PCE from an address that they had not used before.",
        zh: "使用者由先前未曾使用的位址登入 PCE。"
    }
    stranger_rec() {
        en: "Ask the user whether it was them; if not, end their sessions and change the password.",
        zh: "請向該使用者確認是否為本人；若非本人，請終止其工作階段並變更密碼。"
    }

    leaving() { en: "VENs that are unpaired or deactivated, several at once", zh: "多個 VEN 同時解除配對或停用" }
    leaving_name() { en: "VENs unpaired in bulk", zh: "大量 VEN 解除配對" }
    leaving_desc() {
        en: "Several VENs were unpaired or deactivated: their workloads are no longer protected.",
        zh: "有多個 VEN 解除配對或停用，其 workload 不再受到保護。"
    }
    leaving_rec() {
        en: "Ask who did it and whether it was planned; if not, pair the workloads again and look at the account.",
        zh: "請確認由誰執行以及是否為預定作業；若非預定，請重新配對並檢查該帳號。"
    }
}
