//! Who may do what: users, keys, roles, and logging in.

use super::words::{PLANNED, ROUTINE, WHO_GETS_IN, families};
use super::{Entry, both, event, notification};

/// Somebody gets in, or tries to.
const LOGGED_IN: [&str; 2] = [
    "Ask the user if the time or the address is unusual.",
    "若時間或來源位址異常，請向使用者確認。",
];

/// A password was tried in vain.
const GUESSED: [&str; 2] = [
    "Look for many in a row: somebody guesses, or a script has an old password.",
    "若連續發生，可能是暴力破解，或程式仍在使用舊密碼。",
];

/// A password was changed.
const PASSWORD: [&str; 2] =
    ["If the user did not ask for this, lock the account.", "若非使用者本人要求，請鎖定該帳號。"];

pub(super) const ENTRIES: &[Entry] = &[
    event(
        "authentication_settings.update",
        ["The settings for how users log in were changed.", "已修改登入驗證設定。"],
        WHO_GETS_IN,
    ),
    event("group.create", ["A group of users was created.", "已新增使用者群組。"], WHO_GETS_IN),
    event("group.update", ["A group of users was changed.", "已修改使用者群組。"], WHO_GETS_IN),
    event(
        "ldap_config.verify_connection",
        ["The connection to an LDAP server was tested.", "已測試 LDAP 伺服器連線。"],
        ROUTINE,
    ),
    event(
        "login_proxy_ldap_config.verify_connection",
        [
            "The log-in service tested its connection to an LDAP server.",
            "登入服務已測試 LDAP 伺服器連線。",
        ],
        ROUTINE,
    ),
    event(
        "logout_from_jwt",
        ["A user was logged out by token (JWT).", "使用者已透過權杖（JWT）登出。"],
        ROUTINE,
    ),
    both(
        "request.authentication_failed",
        [
            "An API request was refused: key or secret wrong, or the key expired.",
            "API 認證失敗：金鑰或 secret 錯誤，或金鑰已過期。",
        ],
        [
            "Look at the key and the address: an expired key, or somebody who guesses.",
            "請查看金鑰與來源位址：可能是金鑰過期，或有人嘗試猜測。",
        ],
    ),
    both(
        "request.authorization_failed",
        [
            "An API request was refused: this user or key may not do that.",
            "API 授權失敗：該使用者或金鑰權限不足。",
        ],
        [
            "Look at who tried what: a role that is too small, or somebody who probes.",
            "請查明對象與動作：可能是角色權限不足，或有人試探。",
        ],
    ),
    event(
        "saml_acs.update",
        ["Where SAML answers are received (ACS) was changed.", "已修改 SAML ACS（斷言接收服務）。"],
        WHO_GETS_IN,
    ),
    event(
        "security_principals.bulk_create",
        ["Many users or groups were given access at once.", "已批次新增安全主體（使用者或群組）。"],
        WHO_GETS_IN,
    ),
    event(
        "user.accept_invitation",
        ["A user accepted an invitation.", "使用者已接受邀請。"],
        PLANNED,
    ),
    event(
        "user.authenticate",
        ["A user was authenticated, or was not.", "使用者身分驗證（可能成功或失敗）。"],
        GUESSED,
    ),
    event("user.create", ["A user was created.", "已新增使用者。"], WHO_GETS_IN),
    event("user.delete", ["A user was deleted.", "已刪除使用者。"], PLANNED),
    event("user.invite", ["A user was invited.", "已邀請使用者。"], WHO_GETS_IN),
    event(
        "user.login",
        ["A user logged in to the PCE, or failed to.", "使用者登入 PCE（可能成功或失敗）。"],
        LOGGED_IN,
    ),
    both(
        "user.login_session_terminated",
        ["A user's log-in session ended.", "使用者的登入工作階段已結束。"],
        ROUTINE,
    ),
    event("user.logout", ["A user logged out of the PCE.", "使用者已登出 PCE。"], ROUTINE),
    both(
        "user.pce_session_terminated",
        [
            "A user's PCE session ended, often by timeout.",
            "使用者的 PCE 工作階段已結束（通常為逾時）。",
        ],
        ROUTINE,
    ),
    event("user.reset_password", ["A user's password was reset.", "已重設使用者密碼。"], PASSWORD),
    event(
        "user.sign_in",
        ["A user signed in, or failed to.", "使用者登入（可能成功或失敗）。"],
        [
            "Narrow by status failure; or ask for user.login_failed instead.",
            "可用 status 為 failure 縮小範圍，或改用 user.login_failed。",
        ],
    ),
    event("user.sign_out", ["A user signed out.", "使用者已登出。"], ROUTINE),
    event("user.update", ["A user was changed.", "已修改使用者。"], WHO_GETS_IN),
    event(
        "user.update_password",
        ["A user's password was changed.", "已變更使用者密碼。"],
        PASSWORD,
    ),
    event(
        "user.use_expired_password",
        ["A user tried to log in with an expired password.", "使用者以過期密碼登入。"],
        [
            "Nothing, unless it repeats: then help the user to a new password.",
            "不需處理；若重複發生，請協助使用者更新密碼。",
        ],
    ),
    event(
        "user_local_profile.create",
        ["A local user was created.", "已新增本機使用者。"],
        WHO_GETS_IN,
    ),
    event(
        "user_local_profile.delete",
        ["A local user was deleted.", "已刪除本機使用者。"],
        PLANNED,
    ),
    event(
        "user_local_profile.reinvite",
        ["A local user was invited again.", "已重新邀請本機使用者。"],
        PLANNED,
    ),
    event(
        "user_local_profile.update_password",
        ["A local user's password was changed.", "已變更本機使用者密碼。"],
        PASSWORD,
    ),
    notification(
        "user.csrf_validation_failed",
        [
            "A request came with a forged or missing CSRF token.",
            "CSRF 驗證失敗：請求的權杖遺失或遭偽造。",
        ],
        [
            "Investigate at once: somebody may be acting in a user's name.",
            "請立即調查：可能有人冒用使用者身分。",
        ],
    )
    .recommended(),
    notification(
        "user.login_failed",
        ["A log-in failed: wrong user name or password.", "登入失敗：帳號或密碼錯誤。"],
        GUESSED,
    ),
    notification(
        "user.login_failure_count_exceeded",
        ["Too many log-ins failed: the account is locked.", "登入失敗次數過多，帳號已鎖定。"],
        [
            "Ask the user; if it was not the user, find the address and block it.",
            "請向使用者確認；若非本人，請查明來源位址並封鎖。",
        ],
    ),
    notification("user.login_session_created", ["A user logged in.", "使用者已登入。"], LOGGED_IN),
    notification(
        "user.pce_session_created",
        ["A user opened a PCE session.", "使用者已建立 PCE 工作階段。"],
        LOGGED_IN,
    ),
    notification(
        "user.pw_change_failure",
        ["A change of password failed.", "變更密碼失敗。"],
        GUESSED,
    ),
    notification(
        "user.pw_changed",
        ["A user's password was changed.", "使用者密碼已變更。"],
        PASSWORD,
    ),
    notification(
        "user.pw_complexity_not_met",
        ["A new password was refused as too simple.", "新密碼不符合複雜度要求。"],
        ROUTINE,
    ),
    notification(
        "user.pw_reset_completed",
        ["A user's password was reset.", "使用者密碼已重設。"],
        PASSWORD,
    ),
    notification(
        "user.pw_reset_requested",
        ["A reset of a user's password was asked for.", "已要求重設使用者密碼。"],
        PASSWORD,
    ),
];

pub(super) const FAMILIES: &[Entry] = families! {
    "access_restriction" "A restriction of access by address" "存取限制（依來源位址）":
        create update delete => WHO_GETS_IN;
    "api_key" "An API key" " API 金鑰": create update delete => [
        "Check that its owner did this; a new key works until it is deleted.",
        "請向擁有者確認；新金鑰在刪除前持續有效。",
    ];
    "auth_security_principal" "A user or group with access (RBAC)" "驗證用安全主體（RBAC）":
        create update delete => WHO_GETS_IN;
    "ldap_config" "An LDAP configuration" " LDAP 設定": create update delete => WHO_GETS_IN;
    "login_proxy_ldap_config" "The log-in service's LDAP configuration" "登入服務的 LDAP 設定":
        create update delete => WHO_GETS_IN;
    "password_policy" "The password policy" "密碼原則": create update delete => WHO_GETS_IN;
    "permission" "A permission (a role with its scope)" "權限（角色與範圍）":
        create update delete => WHO_GETS_IN;
    "resource" "A resource of the log-in service" "登入服務資源": create update delete => PLANNED;
    "saml_config" "A SAML configuration" " SAML 設定": create update delete => WHO_GETS_IN;
    "saml_sp_config" "A SAML service provider" " SAML 服務提供者設定":
        create update delete => WHO_GETS_IN;
    "security_principal" "A user or group with access" "安全主體（使用者或群組）":
        create update delete => WHO_GETS_IN;
};
