//! What many types have in common: families of `object.create`, `.update` and `.delete`,
//! and advice that fits more than one.

use super::Words;

/// Declares families: `"object" "An object" "物件": create update delete;` becomes an
/// entry for each verb, all with the family's advice.
macro_rules! families {
    ($( $object:literal $en:literal $zh:literal: $($verb:ident)+ => $advice:expr; )+) => {
        &[$($($crate::rules::catalogue::event(
            concat!($object, ".", stringify!($verb)),
            $crate::rules::catalogue::words::done!($verb $en $zh),
            $advice,
        ),)+)+]
    };
}

/// What became of an object, in both languages.
macro_rules! done {
    (create $en:literal $zh:literal) => {
        [concat!($en, " was created."), concat!("已新增", $zh, "。")]
    };
    (update $en:literal $zh:literal) => {
        [concat!($en, " was changed."), concat!("已修改", $zh, "。")]
    };
    (delete $en:literal $zh:literal) => {
        [concat!($en, " was deleted."), concat!("已刪除", $zh, "。")]
    };
}

pub(super) use {done, families};

/// Happens by itself, all the time.
pub(super) const ROUTINE: Words = ["Routine; nothing to do.", "例行紀錄，不需處理。"];

/// Somebody did it, and somebody should know why.
pub(super) const PLANNED: Words = [
    "Check that this was planned; the event names who did it and from where.",
    "請確認是否為預定作業；事件中有執行者與來源位址。",
];

/// Rules refer to it.
pub(super) const PART_OF_POLICY: Words = [
    "Check that this was planned: rules that use it may now match more, or less.",
    "請確認是否為預定變更：引用它的規則，適用範圍可能因此改變。",
];

/// Decides who gets in.
pub(super) const WHO_GETS_IN: Words = [
    "If nobody planned this, treat it as an attempt to gain or keep access.",
    "若非預定變更，請視為企圖取得或維持存取權限，立即調查。",
];

/// The PCE failed at a request.
pub(super) const PCE_FAILS: Words = [
    "If it repeats, check the PCE's health and services (illumio-pce-ctl status).",
    "若重複發生，請檢查 PCE 健康狀態與服務（illumio-pce-ctl status）。",
];
