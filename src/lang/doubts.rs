//! What a rule asks for that nothing may ever be: a remark for whoever wrote it.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    of_rule(id, name, doubt) {
        en: "rule {id} ({name}) may never alert: {doubt}",
        zh: "規則 {id}（{name}）可能永遠不會發出警示：{doubt}"
    }
    this_rule(doubt) { en: "This rule may never alert: {doubt}", zh: "此規則可能永遠不會發出警示：{doubt}" }
    type_unknown(wanted) {
        en: "the PCE's documents know no event type with \"{wanted}\" in its name",
        zh: "PCE 文件中沒有名稱含「{wanted}」的事件類型"
    }
    type_unheard(wanted, hours) {
        en: "neither the PCE's documents nor its last {hours} hours know an event type with \"{wanted}\" in its name",
        zh: "PCE 文件與最近 {hours} 小時的事件中，都沒有名稱含「{wanted}」的事件類型"
    }
    near(doubt, near) { en: "{doubt}; the nearest is {near}", zh: "{doubt}；最相近的是 {near}" }
    severity(count, hours, wanted, found) {
        en: "of the {count} events of this type in the PCE's last {hours} hours none had severity {wanted}; they had: {found}",
        zh: "PCE 最近 {hours} 小時此類型的 {count} 筆事件，嚴重性都不是 {wanted}；實際為：{found}"
    }
    status(count, hours, wanted, found) {
        en: "of the {count} events of this type in the PCE's last {hours} hours none had status {wanted}; they had: {found}",
        zh: "PCE 最近 {hours} 小時此類型的 {count} 筆事件，狀態都不是 {wanted}；實際為：{found}"
    }
    label(wanted) {
        en: "the PCE has no label {wanted}",
        zh: "PCE 沒有標籤 {wanted}"
    }
    ports(proto) {
        en: "{proto} has no ports, and the rule asks for some",
        zh: "{proto} 沒有連接埠，規則卻指定了連接埠"
    }
    protocol(number) { en: "protocol {number}", zh: "通訊協定 {number}" }
    fix() {
        en: "Look at it with `illumio-monitor rules show`; where it is meant so, nothing is to be done.",
        zh: "請以 `illumio-monitor rules show` 檢視；若確實如此設定，不需處理。"
    }
}
