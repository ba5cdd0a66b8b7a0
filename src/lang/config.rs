//! Sentences on the one file: what is wrong in it, and what became of it.

// A sentence says by itself what it is for.
#![allow(missing_docs)]

use super::texts;

texts! {
    at(path, sentence) { en: "{path}: {sentence}", zh: "{path}：{sentence}" }
    rule_at(id) { en: "rule {id}", zh: "規則 {id}" }
    pause_at(id) { en: "pause {id}", zh: "暫停 {id}" }
    in_file(file, sentence) { en: "{file}: {sentence}", zh: "{file}：{sentence}" }
    more_problems(file, count) {
        en: "{file}: {count} more problems; fix those above first",
        zh: "{file}：另有 {count} 個問題，請先修正以上各項"
    }

    not_found(file) {
        en: "{file}: there is no such file; start illumio-monitor on a terminal, without a command, and it leads through the setup; or name another file with --config or $ILLUMIO_MONITOR_CONFIG",
        zh: "{file}：找不到設定檔；請在終端機上直接執行 illumio-monitor（不加命令），依引導完成設定，或以 --config 或 $ILLUMIO_MONITOR_CONFIG 指定其他檔案"
    }
    cannot_read(file, reason) {
        en: "{file}: cannot be read: {reason}",
        zh: "{file}：無法讀取：{reason}"
    }
    cannot_write(file, reason) {
        en: "{file}: cannot be written: {reason}; the file stays as it was",
        zh: "{file}：無法寫入：{reason}；檔案維持原狀"
    }
    cannot_sync(folder, reason) {
        en: "{folder}: the disk did not confirm what was written ({reason}), and a power cut may undo it; look at the disk",
        zh: "{folder}：磁碟未確認寫入（{reason}），斷電時可能遺失；請檢查磁碟"
    }
    saved_but(file, failed) {
        en: "{file}: the change is saved and need not be made again. Only this failed: {failed}",
        zh: "{file}：變更已儲存，不需重做。僅下列事項失敗：{failed}"
    }
    planted(file, what) {
        en: "{file}: {what}, which this program did not create; find out who did, then remove it",
        zh: "{file}：{what}，並非本程式所建立；請查明由誰建立，再將其移除"
    }
    planted_link() { en: "is a link", zh: "是連結" }
    planted_odd() { en: "is a device, a pipe or a socket", zh: "是裝置、管道或 socket" }
    planted_second_name() { en: "has another name too (a hard link)", zh: "另有其他名稱（硬連結）" }
    planted_owner(user) { en: "belongs to {user}", zh: "擁有者為 {user}" }
    stranger(file, folder, who, cure) {
        en: "{file}: {who} may replace this file, since {folder} can be written by others than the file's owner, and root does not use such a file; run: {cure}",
        zh: "{file}：{folder} 可由檔案擁有者以外的人寫入，{who} 可置換此檔案，因此不以 root 身分使用；請執行：{cure}"
    }
    everyone() { en: "everyone", zh: "任何使用者" }
    not_text(file, line) {
        en: "{file}: line {line} is not UTF-8; save the file as UTF-8",
        zh: "{file}：第 {line} 行不是 UTF-8 編碼；請將檔案另存為 UTF-8"
    }
    not_a_file(file) {
        en: "{file}: is a device, a pipe or a socket; name a regular file with --config, or put one there",
        zh: "{file}：是裝置、管道或 socket；請以 --config 指定一般檔案，或在該處放置一般檔案"
    }
    not_an_object(file) {
        en: "{file}: is JSON, but not an object; it must start with {{ and contain \"api\", \"email\" and \"rules\"",
        zh: "{file}：內容是 JSON，但不是物件；檔案須以 {{ 開頭，並包含 \"api\"、\"email\" 與 \"rules\""
    }
    syntax(file, line, column, reason) {
        en: "{file}: line {line}, column {column}: {reason}",
        zh: "{file}：第 {line} 行第 {column} 欄：{reason}"
    }
    newer_state(file, version) {
        en: "{file}: its state is of version {version}, written by a newer illumio-monitor; install that one again, or run once with --reset-state. The file was not touched",
        zh: "{file}：狀態資料為第 {version} 版，由較新的 illumio-monitor 寫入；請改回該版本，或以 --reset-state 執行一次。檔案未更動"
    }
    running(file, pid, since) {
        en: "another run holds {file}: process {pid}, since {since}",
        zh: "{file} 由另一次執行鎖定中：行程 {pid}，自 {since} 開始"
    }
    running_unknown(file) {
        en: "another run holds {file}",
        zh: "{file} 由另一次執行鎖定中"
    }
    busy(file) {
        en: "{file}: still locked by another process after 5 seconds; nothing was written",
        zh: "{file}：等候 5 秒後仍由其他行程鎖定；未寫入任何內容"
    }

    reason_not_found() { en: "there is no such file", zh: "檔案不存在" }
    reason_permission() {
        en: "permission denied; give this user permission for it and its folder, or start as the file's owner",
        zh: "權限不足；請授予目前使用者對該檔案及其資料夾的權限，或改以檔案擁有者的身分執行"
    }
    reason_full() { en: "the disk is full; free some space", zh: "磁碟空間不足；請釋出空間" }
    reason_read_only() {
        en: "the file system is read-only; mount it for writing (the folder, not just the file), or use a file elsewhere",
        zh: "檔案系統為唯讀；請改以可寫入方式掛載（須為整個資料夾，而非單一檔案），或將檔案移至他處"
    }
    reason_limit() {
        en: "it would be longer than this process may write (ulimit -f); raise that limit",
        zh: "超過此行程可寫入的檔案大小上限（ulimit -f）；請提高上限"
    }
    reason_not_ordinary() {
        en: "it is a device, a pipe or a socket; name a regular file",
        zh: "是裝置、管道或 socket；請指定一般檔案"
    }
    reason_folder() {
        en: "it is a folder; name the file in it",
        zh: "這是資料夾；請指定其中的檔案"
    }

    syntax_end() {
        en: "the file ends too early; a closing }}, ] or \" is missing",
        zh: "檔案提早結束；缺少結尾的 }}、] 或 \""
    }
    syntax_trailing_comma() {
        en: "a comma before a closing }} or ]; remove it",
        zh: "結尾的 }} 或 ] 之前多了一個逗號；請移除"
    }
    syntax_colon() {
        en: "a colon is missing between a key and its value",
        zh: "鍵與值之間缺少冒號"
    }
    syntax_comma_brace() {
        en: "a comma or a closing }} is missing before this place",
        zh: "此處之前缺少逗號或結尾的 }}"
    }
    syntax_comma_bracket() {
        en: "a comma or a closing ] is missing before this place",
        zh: "此處之前缺少逗號或結尾的 ]"
    }
    syntax_key() {
        en: "a key in double quotes is expected here",
        zh: "此處應為以雙引號括住的鍵"
    }
    syntax_value() {
        en: "a value is expected here: a text in double quotes, a number, true, false, null, a list or an object",
        zh: "此處應為值：以雙引號括住的文字、數字、true、false、null、清單或物件"
    }
    syntax_control() {
        en: "a line break or control character inside a text; write \\n, or close the text with \"",
        zh: "文字中含有換行或控制字元；請改寫為 \\n，或以 \" 結束該段文字"
    }
    syntax_escape() {
        en: "an unknown escape in a text; write a backslash as \\\\",
        zh: "文字中有無法辨識的跳脫字元；反斜線請寫成 \\\\"
    }
    syntax_number() { en: "not a valid number", zh: "數字格式不正確" }
    syntax_trailing() {
        en: "something follows after the last }}; remove it",
        zh: "最後的 }} 之後還有多餘內容；請移除"
    }
    syntax_depth() { en: "nested too deeply", zh: "巢狀層數過多" }

    kind_bool() { en: "true or false", zh: "布林值" }
    kind_number() { en: "a number", zh: "數字" }
    kind_text() { en: "a text", zh: "文字" }
    kind_list() { en: "a list", zh: "清單" }
    kind_object() { en: "an object", zh: "物件" }

    unknown_key(near) {
        en: "unknown key; the nearest known one is \"{near}\" (a key of your own starts with _)",
        zh: "未知的鍵；最接近的已知鍵為「{near}」（自訂的鍵請以 _ 開頭）"
    }
    other_types_key(types) {
        en: "is a key of rules of type {types}; remove it, or change the rule's type (a key of your own starts with _)",
        zh: "此鍵屬於類型為 {types} 的規則；請移除，或變更規則的類型（自訂的鍵請以 _ 開頭）"
    }
    double_key() {
        en: "this key occurs twice; keep one of them",
        zh: "此鍵重複出現；請只保留一個"
    }
    odd_section(near) {
        en: "a section this program does not know and leaves alone; was \"{near}\" meant?",
        zh: "本程式不認得此區段，將予保留而不使用；是否應為「{near}」？"
    }
    does_nothing() {
        en: "no longer has any effect; remove the key",
        zh: "無論設為何值均已無作用；請移除此鍵"
    }
    missing(example) {
        en: "is missing; write for example {example}",
        zh: "缺少此項；請填寫，例如 {example}"
    }
    want_object(found) {
        en: "an object {{…}} is expected, not {found}",
        zh: "應為物件 {{…}}，而非{found}"
    }
    want_text(found) {
        en: "a text in double quotes is expected, not {found}",
        zh: "應為以雙引號括住的文字，而非{found}"
    }
    want_bool(found) {
        en: "true or false, without quotes, is expected, not {found}",
        zh: "應為 true 或 false（不加引號），而非{found}"
    }
    want_number(found) {
        en: "a number without quotes is expected, not {found}",
        zh: "應為不加引號的數字，而非{found}"
    }
    want_whole(found) {
        en: "a whole number is expected, not {found}",
        zh: "應為整數，而非 {found}"
    }
    want_list(found) {
        en: "a list [\"…\", \"…\"] or a text with commas is expected, not {found}",
        zh: "應為清單 [\"…\", \"…\"] 或以逗號分隔的文字，而非{found}"
    }
    want_rules(found) {
        en: "a list of rules [{{…}}, {{…}}] is expected, not {found}",
        zh: "應為規則清單 [{{…}}, {{…}}]，而非{found}"
    }
    out_of_range(found, min, max) {
        en: "{found} is out of range; write a number from {min} to {max}",
        zh: "{found} 超出範圍；請填 {min} 到 {max} 之間的數字"
    }
    not_one_of(found, known) {
        en: "\"{found}\" is unknown; write one of {known}",
        zh: "無法辨識「{found}」；請填下列其中之一：{known}"
    }
    unknown_type(found) {
        en: "there are no rules of type \"{found}\"; write \"event\", \"traffic\" or \"workload\"",
        zh: "沒有「{found}」這種規則類型；請填 \"event\"、\"traffic\" 或 \"workload\""
    }

    url_no_scheme(better) {
        en: "the URL has no scheme; write \"{better}\"",
        zh: "網址缺少通訊協定；請寫成 \"{better}\""
    }
    url_other_scheme() {
        en: "only https:// (or http:// to this host itself) is supported; write \"https://pce.example.com:8443\"",
        zh: "僅支援 https://（連線至本機時可用 http://）；請寫成 \"https://pce.example.com:8443\""
    }
    url_clear(better) {
        en: "http:// would send the key unencrypted and is only for this host itself; write \"{better}\"",
        zh: "http:// 會以明文傳送金鑰，僅可用於本機；請寫成 \"{better}\""
    }
    url_user_info() {
        en: "no user and password in the URL; they belong in \"key\" and \"secret\"",
        zh: "網址中不可包含帳號與密碼；請改填 \"key\" 與 \"secret\""
    }
    url_path(better) {
        en: "the URL must end after the host and port; write \"{better}\"",
        zh: "網址只到主機與連接埠為止；請寫成 \"{better}\""
    }
    url_host() {
        en: "the URL has no valid host; write \"https://pce.example.com:8443\"",
        zh: "網址的主機名稱不正確；請寫成 \"https://pce.example.com:8443\""
    }
    url_port() {
        en: "the URL's port is not a number from 1 to 65535; write \"https://pce.example.com:8443\"",
        zh: "網址的連接埠不是 1 到 65535 之間的數字；請寫成 \"https://pce.example.com:8443\""
    }
    bad_proxy() {
        en: "not a proxy's URL; write \"http://proxy.example.com:3128\", or \"none\" for no proxy",
        zh: "不是正確的 Proxy 網址；請寫成 \"http://proxy.example.com:3128\"，不使用 Proxy 則填 \"none\""
    }
    org_digits(found) {
        en: "\"{found}\" is not an org's number; write for example \"1\"",
        zh: "「{found}」不是組織編號；例如 \"1\""
    }
    key_letters() {
        en: "a control character or colon in the key; write it as the PCE showed it (api_…)",
        zh: "金鑰含有控制字元或冒號；請依 PCE 顯示的內容填寫（api_…）"
    }
    secret_missing(key, file_key, variable, credential) {
        en: "is missing; give it as {key}, in a file named by {file_key}, as ${variable}, or as the systemd credential {credential}",
        zh: "缺少此項；可填於 {key}、放在 {file_key} 指定的檔案、設為 ${variable}，或提供 systemd credential {credential}"
    }
    secret_unreadable(file, reason) {
        en: "the file {file} cannot be read: {reason}",
        zh: "無法讀取檔案 {file}：{reason}"
    }
    secret_empty(file) {
        en: "the file {file} is empty; write the secret on its first line",
        zh: "檔案 {file} 沒有內容；請將密碼寫在第一行"
    }
    secret_control() {
        en: "a control character in it; write it on one line, as it was given",
        zh: "含有控制字元；請以單行填寫原本的內容"
    }
    exposed(file, mode, cure) {
        en: "{file} holds secrets and others may read it (mode {mode}); run: {cure}",
        zh: "{file} 含有機密資料，但其他使用者可以讀取（權限 {mode}）；請執行：{cure}"
    }
    exposed_to_group(file, mode, group, members, cure) {
        en: "{file} holds secrets and others may read it (mode {mode}; in the group {group}: {members}); run: {cure}",
        zh: "{file} 含有機密資料，但其他使用者可以讀取（權限 {mode}，群組 {group} 成員：{members}）；請執行：{cure}"
    }
    bad_date(found) {
        en: "\"{found}\" is not a date; write for example \"2027-01-31\"",
        zh: "「{found}」不是日期；例如 \"2027-01-31\""
    }
    bad_time(found) {
        en: "\"{found}\" is not a time of day; write for example \"08:30\", or \"off\"",
        zh: "「{found}」不是時刻；例如 \"08:30\"，停用則填 \"off\""
    }
    bad_zone(found) {
        en: "no time zone is called \"{found}\" here; write an IANA name such as \"Asia/Taipei\" or \"UTC\" (the host needs the package tzdata)",
        zh: "找不到名為「{found}」的時區；請填 IANA 名稱，例如 \"Asia/Taipei\" 或 \"UTC\"（主機須安裝 tzdata 套件）"
    }
    bad_site_name() {
        en: "at most 100 letters and no control characters, as it stands in the subject",
        zh: "會顯示於郵件主旨，最多 100 個字，且不可含控制字元"
    }
    bad_address(found) {
        en: "\"{found}\" is not a mail address; write for example \"soc@example.com\", or a local user's name",
        zh: "「{found}」不是電子郵件地址；例如 \"soc@example.com\"，或本機使用者名稱"
    }
    no_recipients(example) {
        en: "nobody would get the mail; write for example {example}",
        zh: "沒有任何收件者；例如 {example}"
    }
    want_objects(found) {
        en: "a list of objects [{{…}}, {{…}}] is expected, not {found}",
        zh: "應為物件清單 [{{…}}, {{…}}]，而非{found}"
    }
    too_many(found, most) {
        en: "there are {found} entries here, and at most {most} are allowed; merge or remove some",
        zh: "此處有 {found} 筆，最多 {most} 筆；請合併或移除部分項目"
    }
    want_rule_ids(found) {
        en: "rules are named by their ids, as in [7, 9], not by {found}",
        zh: "規則須以 id 指定，例如 [7, 9]，而非{found}"
    }
    empty_choice() {
        en: "is empty, and would take nothing; name at least one, or remove the key to take all",
        zh: "內容為空，等於不接收任何項目；請至少指定一項，或移除此鍵以接收全部"
    }
    no_such_rule(id) {
        en: "there is no rule with the id {id}; remove it if it is no longer needed",
        zh: "沒有 id 為 {id} 的規則（或已刪除）；若不再使用，請將其移除"
    }
    bad_host(found) {
        en: "\"{found}\" is not a host's name or address; write for example \"localhost\" (the port has its own key)",
        zh: "「{found}」不是主機名稱或位址；例如 \"localhost\"（連接埠請另填於 port）"
    }
    login_in_clear() {
        en: "user and password are sent over verified TLS or to this host only; write \"starttls\" or \"implicit\", or remove smtp.user",
        zh: "帳號與密碼僅可經由已驗證的 TLS 或傳送至本機；請填 \"starttls\" 或 \"implicit\"，或移除 smtp.user"
    }

    double_id(id) {
        en: "another rule has the id {id} too; both run, and the next save in the menu gives one of them a new id",
        zh: "另一條規則的 id 也是 {id}；兩者都會執行，下次在選單儲存時會重新編號"
    }
    empty_filter() {
        en: "is empty, or empty next to a |, and would match every event; write for example \"agent.tampering\", or \"*\" if you mean every event",
        zh: "內容為空，或 | 旁為空，將符合所有事件；例如 \"agent.tampering\"，若確實要符合所有事件請填 \"*\""
    }
    empty_names() {
        en: "is empty, or empty next to a |, and would set no condition; name at least one, or remove the key",
        zh: "內容為空，或 | 旁為空，等於沒有條件；請至少指定一項，或移除此鍵"
    }
    per_three() {
        en: "at most two can be counted separately; remove one",
        zh: "最多只能依兩個項目分別計數；請移除其中一個"
    }
    per_twice() {
        en: "the same occurs twice; keep one of them",
        zh: "同一項目重複出現；請只保留一個"
    }
    per_empty() {
        en: "is empty; name one or two to count separately, for example \"source\", or remove the key",
        zh: "內容為空；請指定一或兩個要分別計數的項目，例如 \"source\"，或移除此鍵"
    }
    one_of_each(set, one) {
        en: "with \"per\": \"{one}\" each group has only one of \"{set}\"; count something else, or remove \"{one}\" from \"per\"",
        zh: "\"per\" 已含 \"{one}\"，每組的 \"{set}\" 都只會是一個；請改用其他計數方式，或從 \"per\" 移除 \"{one}\""
    }
    new_without_per() {
        en: "it must say what is new; write for example \"per\": \"source\"",
        zh: "必須指明何者為新；例如 \"per\": \"source\""
    }
    learn_without_new() {
        en: "there is nothing to learn without \"new_within_days\"; write for example \"new_within_days\": 30",
        zh: "未設定 \"new_within_days\"，無須學習；例如 \"new_within_days\": 30"
    }
    empty_list() {
        en: "is an empty list and sets no condition; name at least one, or remove the key",
        zh: "是空的清單，等於沒有條件；請至少指定一項，或移除此鍵"
    }
    open_list(found) {
        en: "\"{found}\" starts like JSON but is incomplete; write a list as [\"a\", \"b\"], or by commas: a,b",
        zh: "「{found}」開頭為 JSON 但不完整；清單請寫成 [\"a\", \"b\"]，或以逗號分隔：a,b"
    }
    want_pd(found) {
        en: "a number without quotes is expected, or several as [1, 2], not {found}",
        zh: "應為不加引號的數字，或以 [1, 2] 指定多個，而非{found}"
    }
    pd_any_and_others() {
        en: "-1 is any decision and must be the only one; write -1, or name the ones you mean, for example [1, 2]",
        zh: "-1 表示所有決策，須單獨使用；請填 -1，或只列出需要的決策，例如 [1, 2]"
    }
    per_with_below() {
        en: "a rule of threshold_type \"below\" cannot count separately; remove the key, or write \"count\" for threshold_type",
        zh: "threshold_type 為 \"below\" 的規則不能分別計數；請移除此鍵，或將 threshold_type 改為 \"count\""
    }
    pd_missing() {
        en: "is missing; write 2 for blocked, 1 for potentially blocked, 0 for allowed, 3 for unknown or -1 for any",
        zh: "缺少此項；2 為已封鎖，1 為可能遭封鎖，0 為已允許，3 為決策不明，-1 為所有決策"
    }
    bad_port(found) {
        en: "\"{found}\" is not a port; write a number from 1 to 65535, or several as \"80,443,8000-8100\"",
        zh: "「{found}」不是連接埠；請填 1 到 65535 之間的數字，或以 \"80,443,8000-8100\" 填寫多個"
    }
    bad_proto(found) {
        en: "\"{found}\" is not a protocol; write \"tcp\", \"udp\", \"icmp\" or a number from 0 to 255",
        zh: "「{found}」不是通訊協定；請填 \"tcp\"、\"udp\"、\"icmp\" 或 0 到 255 之間的數字"
    }
    bad_label(found) {
        en: "\"{found}\" is not a label; write for example \"role=Web\" (a label with a comma in it goes into a list)",
        zh: "「{found}」不是標籤；例如 \"role=Web\"（標籤中含有逗號時請改用清單）"
    }
    bad_ip(found) {
        en: "\"{found}\" is not an address or network; write for example \"10.0.0.0/8\" or \"2001:db8::1\"",
        zh: "「{found}」不是 IP 位址或網段；例如 \"10.0.0.0/8\" 或 \"2001:db8::1\""
    }

    unknown_user(uid) {
        en: "the user with the number {uid} (who has no name on this host)",
        zh: "編號 {uid} 的使用者（此主機上沒有名稱）"
    }
    goes_on_as(user) {
        en: "started as root; continues as {user}, who owns the config, with that user's environment",
        zh: "以 root 啟動；改以設定檔擁有者 {user} 的身分與環境執行"
    }
    state_older(file, ours, last) {
        en: "{file}: its state (save number {ours}) is older than the one last written (save number {last}), which is used instead",
        zh: "{file}：檔案中的狀態（存檔序號 {ours}）比最後一次寫入的（存檔序號 {last}）舊，改用後者"
    }
    state_missing(file, last) {
        en: "{file}: has no state; the one last written (save number {last}) is used",
        zh: "{file}：檔案中沒有狀態，改用最後一次寫入的狀態（存檔序號 {last}）"
    }
    state_reset() {
        en: "the state was reset as requested; everything except waiting mail and records starts over",
        zh: "已依要求重設狀態；除待寄郵件與待轉送的紀錄外全部重新開始"
    }
    state_damaged(file, parts) {
        en: "{file}: these parts of the state were damaged; what cannot be read of them starts over, and what they contained for a mail may be lost: {parts}",
        zh: "{file}：下列狀態資料已毀損，無法讀取的部分將重新開始，其中待通知的內容可能遺失：{parts}"
    }
    state_restored(file, parts) {
        en: "{file}: these parts of the state were damaged and were restored from {file}.last, where they are intact: {parts}",
        zh: "{file}：下列狀態資料已毀損，已改用 {file}.last 中的完整資料：{parts}"
    }
    other_target(was, now) {
        en: "the state belongs to {was}; for {now} everything except waiting mail and records starts over",
        zh: "狀態資料屬於 {was}；現在改為 {now}，除待寄郵件與待轉送的紀錄外全部重新開始"
    }
    target(server, org) { en: "{server}, org {org}", zh: "{server}，組織 {org}" }

    own_condition(word) {
        en: "\"{word}\" is about the monitor itself and is always reported; remove it",
        zh: "\"{word}\" 與監控程式本身有關，一律通知；請移除"
    }
    want_pauses(found) {
        en: "is {found}; it must be a list of pauses, [{{\"id\": 1, \"rules\": [7], \"until\": \"2026-11-30 06:00\", \"why\": \"CHG-123\"}}]",
        zh: "是{found}；應為暫停的清單，例如 [{{\"id\": 1, \"rules\": [7], \"until\": \"2026-11-30 06:00\", \"why\": \"CHG-123\"}}]"
    }
    many_pauses(count, most) {
        en: "there are {count} pauses, and at most {most} are allowed; remove those that are over",
        zh: "共有 {count} 個暫停，上限為 {most} 個；請移除已結束的"
    }
    double_pause(id) {
        en: "{id} is another pause's id, too; give each its own",
        zh: "{id} 與另一個暫停的 id 重複；請各給一個"
    }
    want_paused(found) {
        en: "is {found}; it must be a list of rule ids, [7, 9], or \"all\"",
        zh: "是{found}；應為規則 id 的清單，例如 [7, 9]，或 \"all\""
    }
    empty_match() {
        en: "is empty; say what is held back, or remove the key to hold back everything",
        zh: "是空的；請寫明要暫停的對象，或移除此鍵以暫停全部"
    }
    list_in_match() {
        en: "a pause cannot use IP lists; name addresses instead (src_ip_in, dst_ip_in)",
        zh: "暫停無法依 IP 清單篩選；請改寫位址（src_ip_in、dst_ip_in）"
    }
    bad_moment(text) {
        en: "\"{text}\" is not a valid time; write \"2026-11-30 06:00\" (local time), \"2026-11-30\" or \"2026-11-30T06:00:00+08:00\"",
        zh: "\"{text}\" 不是有效的時間；請寫成 \"2026-11-30 06:00\"（當地時間）、\"2026-11-30\" 或 \"2026-11-30T06:00:00+08:00\""
    }
    bad_every(text) {
        en: "\"{text}\" is not a valid weekly time; write \"Sun 02:00-04:00\", \"Mon-Fri 22:00-06:00\" or \"daily 02:00-04:00\"",
        zh: "\"{text}\" 不是每週時段；請寫成 \"Sun 02:00-04:00\"、\"Mon-Fri 22:00-06:00\" 或 \"daily 02:00-04:00\""
    }
    pause_ends_first() {
        en: "the pause ends before it begins; set it later than \"from\"",
        zh: "結束早於開始；請設在 \"from\" 之後"
    }
    pause_too_long(days) {
        en: "the pause lasts longer than {days} days; set it earlier, or use \"every\" for a recurring one",
        zh: "暫停超過 {days} 天；請提早結束，或以 \"every\" 設定重複的時段"
    }
    empty_paused() {
        en: "is empty; name what is paused, or remove the key",
        zh: "是空的；請寫明暫停的對象，或移除此鍵"
    }
    match_without_rules() {
        en: "is for rules; name them in \"rules\"",
        zh: "僅適用於規則；請在 \"rules\" 指定規則"
    }
    mixed_match() {
        en: "mixes filter keys of events and of traffic, which no record has together; make two pauses of it",
        zh: "混用了事件與流量的篩選鍵，沒有紀錄會同時具備；請分成兩個暫停"
    }
    no_free_hour() {
        en: "leaves less than an hour a day in which anything is reported; leave at least an hour, or use \"until\"",
        zh: "每天可通知的時間不到一小時；請至少保留一小時，或改用 \"until\""
    }
    paused_unknown(ids) {
        en: "no rule has the id {ids}; the pause has no effect for it",
        zh: "沒有 id 為 {ids} 的規則；暫停對其無作用"
    }
}
