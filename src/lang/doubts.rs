//! What a rule asks for that nothing may ever be: a remark for whoever wrote it.

#![allow(missing_docs, reason = "a sentence is its own documentation")]

use super::texts;

texts! {
    of_rule(id, name, doubt) {
        en: "rule {id} ({name}) may never alert: {doubt}",
        zh: "規則 {id}（{name}）可能永遠不會發出警示：{doubt}"
    }
    part_of_rule(id, name, doubt) {
        en: "part of rule {id} ({name}) matches nothing: {doubt}",
        zh: "規則 {id}（{name}）有部分條件不會符合任何項目：{doubt}"
    }
    seldom_of_rule(id, name, doubt) { en: "rule {id} ({name}): {doubt}", zh: "規則 {id}（{name}）：{doubt}" }
    this_rule(doubt) { en: "This rule may never alert: {doubt}", zh: "此規則可能永遠不會發出警示：{doubt}" }
    part_of_this_rule(doubt) {
        en: "Part of this rule matches nothing: {doubt}",
        zh: "此規則有部分條件不會符合任何項目：{doubt}"
    }
    seldom_of_this_rule(doubt) { en: "About this rule: {doubt}", zh: "關於此規則：{doubt}" }
    type_unknown(wanted) {
        en: "no documented event type contains \"{wanted}\"",
        zh: "沒有名稱含「{wanted}」的已知事件類型"
    }
    type_unheard(wanted, hours) {
        en: "no documented event type contains \"{wanted}\", and the PCE sent none in the last {hours} hours",
        zh: "沒有名稱含「{wanted}」的已知事件類型，PCE 最近 {hours} 小時也未送出過"
    }
    near(doubt, near) { en: "{doubt}; the nearest is {near}", zh: "{doubt}；最相近的是 {near}" }
    severity(count, hours, wanted, found) {
        en: "none of the {count} events of this type in the last {hours} hours had severity {wanted}; they had: {found}",
        zh: "最近 {hours} 小時此類型的 {count} 筆事件，嚴重性都不是 {wanted}；實際為：{found}"
    }
    label(wanted) {
        en: "the PCE has no label {wanted}",
        zh: "PCE 沒有標籤 {wanted}"
    }
    ports(proto) {
        en: "{proto} has no ports, but the rule sets some",
        zh: "{proto} 沒有連接埠，規則卻指定了連接埠"
    }
    protocol(number) { en: "protocol {number}", zh: "通訊協定 {number}" }
    fix() {
        en: "See `illumio-monitor rules show`. If this is intended, ignore this remark.",
        zh: "請以 `illumio-monitor rules show` 檢視；若為刻意設定，可忽略此提示。"
    }
    unheard(reason) {
        en: "the PCE could not be asked for all labels and event types that the rules name: {reason}",
        zh: "無法向 PCE 查詢規則所用的全部標籤與事件類型：{reason}"
    }
    unheard_fix() {
        en: "A label or type with a typing error is not noticed here. The key needs the right to read labels and events.",
        zh: "因此無法檢查標籤或類型是否拼錯。API 金鑰須有讀取標籤與事件的權限。"
    }
}
