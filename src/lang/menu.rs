//! The menu: its entries, its questions, its answers.

#![allow(missing_docs, reason = "a sentence says itself what it says")]

use super::texts;

texts! {
    title(version) { en: "illumio-monitor {version}", zh: "illumio-monitor {version}：Illumio PCE 監控" }
    pce() { en: "PCE", zh: "PCE" }
    pce_is(url, org) { en: "{url} · org {org}", zh: "{url} · 組織 {org}" }
    rules() { en: "Rules", zh: "規則" }
    rules_are(count, on) { en: "{count}, {on} of them on", zh: "{count} 條，其中 {on} 條啟用" }
    last_run() { en: "Last run", zh: "上次執行" }
    never() { en: "never", zh: "尚未執行" }
    last_run_was(at, outcome) { en: "{at}, {outcome}", zh: "{at}，{outcome}" }
    run_ok() { en: "complete", zh: "完成" }
    run_retry() { en: "failed in part, the next run retries", zh: "部分失敗，下次執行時重試" }
    run_config() { en: "manual action needed; 7 shows why", zh: "需要人工處理，選 7 可查看原因" }
    mail() { en: "Mail", zh: "郵件" }
    no_mail_waits() { en: "none waiting", zh: "沒有待寄郵件" }
    mails_wait(count) { en: "{count} waiting for delivery", zh: "{count} 封待寄" }
    no_config(path) {
        en: "There is no config yet ({path}); settings (4) make one, and the next start leads through the setup.",
        zh: "目前沒有設定檔（{path}）；請由系統設定（4）建立，或重新啟動本程式依引導設定。"
    }
    config_invalid(path) { en: "{path} is not valid; nothing runs until it is corrected:", zh: "{path} 內容不正確，修正前不會執行監控：" }
    more_problems(count) { en: "and {count} more", zh: "另有 {count} 個問題" }

    add_rule() { en: "Add a rule: what do you want to see?", zh: "新增規則：想監看什麼？" }
    add_traffic_rule() { en: "Add a traffic rule, field by field", zh: "新增流量規則（逐一填寫欄位）" }
    add_workload_rule() { en: "Add a rule on how workloads are", zh: "新增 workload 狀態規則" }
    manage_rules() { en: "Manage rules", zh: "管理規則" }
    settings() { en: "Settings", zh: "系統設定" }
    load_practices() { en: "Load best practices", zh: "載入最佳實踐" }
    send_test_mail() { en: "Send a test mail", zh: "發送測試郵件" }
    run_now() { en: "Run now", zh: "立即執行監控" }
    debug() { en: "Debug: what the PCE returns, and which rule matches", zh: "除錯：PCE 回傳的資料與符合的規則" }
    exit() { en: "Exit", zh: "離開" }
    back() { en: "Back", zh: "返回" }

    prompt(label) { en: "{label}: ", zh: "{label}：" }
    prompt_now(label, now) { en: "{label} [{now}]: ", zh: "{label} [{now}]：" }
    choice() { en: "Choice", zh: "請選擇" }
    want_choice(most) { en: "There is no such entry; type a number from 0 to {most}.", zh: "沒有這個選項；請輸入 0 到 {most} 的數字。" }
    want_number() { en: "Type a number.", zh: "請輸入數字。" }
    want_yes() { en: "Type y or n.", zh: "請輸入 y 或 n。" }
    wrong(label, reason) { en: "{label}: {reason}", zh: "{label}：{reason}" }
    at_present(value) { en: "at present: {value}", zh: "目前：{value}" }
    hint_removes(hint) { en: "{hint}; - removes it", zh: "{hint}；輸入 - 可移除" }
    more_rows(count) { en: "… {count} more: Enter shows them", zh: "…後面還有 {count} 條：按 Enter 顯示" }
    rows_before(count) { en: "{count} before these: < shows them", zh: "前面還有 {count} 條：輸入 < 顯示" }
    rows_around(before, behind) {
        en: "… {behind} more: Enter shows them; {before} before these: < shows them",
        zh: "…後面還有 {behind} 條：按 Enter 顯示；前面還有 {before} 條：輸入 < 顯示"
    }
    letters_before(count) { en: "{count} characters", zh: "{count} 個字元" }
    letters(count) { en: "({count} characters)", zh: "（{count} 個字元）" }
    help_question() {
        en: "Enter takes what stands in [ ], or leaves the question out; < goes one question back, from the first to where you came from.\nArrow up brings earlier answers back; Ctrl-U clears the line; Ctrl-C leaves the program.",
        zh: "按 Enter 採用 [ ] 中的值或略過此題；輸入 < 返回上一題，在第一題則返回上一層。\n按向上鍵取回先前的輸入，Ctrl-U 清除整行，Ctrl-C 離開程式。"
    }
    help_required() {
        en: "An answer is needed here; Enter alone or < goes one question back, from the first to where you came from.\nArrow up brings earlier answers back; Ctrl-U clears the line; Ctrl-C leaves the program.",
        zh: "此題必須回答；直接按 Enter 或輸入 < 返回上一題，在第一題則返回上一層。\n按向上鍵取回先前的輸入，Ctrl-U 清除整行，Ctrl-C 離開程式。"
    }
    help_secret() {
        en: "It is never shown; the number of characters typed is. Enter keeps what is set, < goes one question back.",
        zh: "內容不會顯示，僅在題目後方顯示已輸入的字元數。按 Enter 維持目前設定，輸入 < 返回上一題。"
    }
    help_choice() {
        en: "Type the number at the start of a line and press Enter; 0 or Enter alone goes back, Ctrl-C leaves the program.",
        zh: "輸入各行開頭的數字後按 Enter；輸入 0 或直接按 Enter 返回，Ctrl-C 離開程式。"
    }
    help_list() {
        en: "Type the number at the start of a line and press Enter. Enter alone shows the next lines, < those before; 0 goes back.",
        zh: "輸入各行開頭的數字後按 Enter。直接按 Enter 顯示後面各條，輸入 < 顯示前面各條；輸入 0 返回。"
    }
    help_yes() {
        en: "y is yes, n is no; Enter takes the capital letter; < goes one question back.",
        zh: "y 表示是，n 表示否；按 Enter 採用大寫字母所示；輸入 < 返回上一題。"
    }
    help_main() {
        en: "Type a number and press Enter. 1, 2 and 9 make a rule; 3 shows and changes rules, and pauses them; 4 has PCE, mail, language and time zone; 6 and 7 send mail to your recipients, 8 sends none. At every question ? helps and < goes back; 0 or Ctrl-C leaves.",
        zh: "請輸入數字後按 Enter。1、2、9 新增規則；3 查看、修改或暫停規則；4 設定 PCE、郵件、語言與時區；6、7 會寄信給收件者，8 不會寄信。任何問題都可輸入 ? 查看說明、輸入 < 返回上一題；輸入 0 或按 Ctrl-C 離開。"
    }
    pause() { en: "Enter goes on ", zh: "按 Enter 繼續 " }
    pause_or_skip() { en: "Enter goes on, 0 skips the rest ", zh: "按 Enter 繼續，輸入 0 略過其餘 " }
    astray() {
        en: "Too many wrong answers one after the other; the menu was left.",
        zh: "連續多次輸入錯誤，已離開選單。"
    }

    how_many() { en: "How many of each", zh: "各顯示幾筆" }
    how_many_hint(most) {
        en: "a number from 1 to {most}, or a time to look around: 02:10, 2026-11-29 02:10",
        zh: "1 到 {most} 的數字，或要查看的時間：02:10、2026-11-29 02:10"
    }
    which_record(most) {
        en: "A record as the PCE sent it (1 to {most}), Enter goes back",
        zh: "顯示 PCE 原始紀錄（1 到 {most}），按 Enter 返回"
    }

    saved() { en: "Saved.", zh: "已儲存。" }
    nothing_saved() { en: "Nothing was saved.", zh: "未儲存任何變更。" }
    renumbered(was, is) {
        en: "The id {was} stood twice; one of its rules has the id {is} now.",
        zh: "id {was} 重複；其中一條規則已改為 {is}。"
    }
    running() { en: "Running …", zh: "執行中…" }
    asking_pce() { en: "Asking the PCE …", zh: "正在向 PCE 查詢…" }
    sending() { en: "Sending …", zh: "寄送中…" }
    trying_pce() { en: "Trying the PCE …", zh: "正在測試 PCE 連線…" }
    trying_mail() { en: "Trying the mail server …", zh: "正在測試郵件伺服器…" }
    no_config_to_pipe() {
        en: "Start illumio-monitor on a terminal, without a command: it leads through the setup.",
        zh: "請在終端機上直接執行 illumio-monitor（不加命令），依引導完成設定。"
    }
}
