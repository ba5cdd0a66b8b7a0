//! What a person types on a keyboard for East Asian letters, as it is meant: `４４３，８０`
//! is two ports. What may hold any letter stays as it was typed: a name, a text, a label's
//! value, a secret. Knows what kind of key an answer is for, and no more.

use std::borrow::Cow;
use std::path::Path;

use crate::config::{Key, Kind};

/// Separators of a list beside the comma: `，`, `、`, `；` and their narrow forms.
const COMMAS: [char; 4] = ['，', '、', '；', '､'];

/// What a range of ports is written with beside the hyphen.
const DASHES: [char; 6] = ['~', '〜', '–', '—', '−', '‐'];

/// How much of an answer may be read as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// Nothing: each letter is meant.
    Free,
    /// All of it: nothing but ASCII can stand there.
    Ascii,
    /// All of it, and what else separates a list.
    List,
    /// As a list whose parts stand for one another.
    Types,
    /// As a list, in which ranges stand.
    Ports,
    /// The separators alone: a name may hold wide letters.
    Names,
    /// The separators, the sign between key and value, and the key.
    Labels,
    /// The address, and not the name before it.
    Sender,
    /// A day.
    Date,
    /// The user's folder at its begin.
    Path,
}

/// The full-width forms of ASCII (U+FF01 to U+FF5E) and the wide blank as ASCII has them,
/// which is what Unicode's compatibility form (NFKC) makes of them.
pub fn narrow(text: &str) -> Cow<'_, str> {
    let is_wide = |c: char| c == '\u{3000}' || ('\u{ff01}'..='\u{ff5e}').contains(&c);
    match text.contains(is_wide) {
        true => text.chars().map(narrow_letter).collect::<String>().into(),
        false => text.into(),
    }
}

/// An answer for this key as it is meant; `home` is the user's folder.
pub fn meant(key: &Key, typed: &str, home: Option<&Path>) -> String {
    let way = way(key);
    // JSON says itself what is meant.
    let as_it_is = way == Way::Free || typed.starts_with(['[', '{', '"']);
    // A day and a path have other ways to be written in ASCII, too.
    if as_it_is || typed.is_ascii() && !matches!(way, Way::Date | Way::Path | Way::Ports) {
        return typed.to_owned();
    }
    match way {
        Way::Free => typed.to_owned(),
        Way::Ascii => ascii(typed),
        Way::List => list(typed, ascii),
        // No type has a comma in it.
        Way::Types => list(typed, ascii).replace(',', "|"),
        Way::Ports if typed.is_ascii() => typed.replace('~', "-"),
        Way::Ports => list(typed, ascii).replace(DASHES, "-"),
        Way::Names => list(typed, |part| part.trim().replace('｜', "|").replace('＊', "*")),
        Way::Labels => list(typed, label),
        Way::Sender => sender(typed),
        Way::Date => day(typed).into_owned(),
        Way::Path => path(typed, home),
    }
}

fn way(key: &Key) -> Way {
    match (key.section, key.name, &key.kind) {
        _ if key.secret => Way::Free,
        ("email", "sender", _) => Way::Sender,
        ("api", "key_expires", _) => Way::Date,
        (_, _, Kind::CaFile) => Way::Path,
        ("rules", "name" | "desc" | "rec" | "note" | "technique", _) => Way::Free,
        ("rules", "filter_value", _) => Way::Types,
        ("rules", name, Kind::Commas | Kind::List) if name.ends_with("label") => Way::Labels,
        ("rules", "port" | "ex_port", _) => Way::Ports,
        ("rules", name, Kind::Commas | Kind::List) if holds_names(name) => Way::Names,
        (_, _, Kind::Commas | Kind::List) => Way::List,
        (_, _, Kind::Number(_) | Kind::Bool | Kind::Word(_) | Kind::Either) => Way::Ascii,
        ("api", "url" | "key", _) | ("smtp", "host", _) => Way::Ascii,
        ("settings", "timezone" | "daily_report" | "language", _) => Way::Ascii,
        _ => Way::Free,
    }
}

/// Those whose names the PCE's users make up; a host's or a user's is ASCII, or East Asian.
fn holds_names(name: &str) -> bool {
    let name = name.strip_prefix("not_").unwrap_or(name);
    matches!(name, "workload" | "process" | "src_list" | "dst_list")
}

fn narrow_letter(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        // The blocks stand in the same order.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    }
}

/// The full stop of an East Asian keyboard is the dot of an address, as in browsers.
fn ascii(text: &str) -> String {
    narrow(text).replace(['。', '｡'], ".").trim().to_owned()
}

/// Each part as `meant`, with commas between.
fn list(text: &str, meant: impl Fn(&str) -> String) -> String {
    let parts = text.replace(COMMAS, ",");
    let parts: Vec<String> = parts.split(',').map(meant).collect();
    parts.join(",")
}

/// `ｒｏｌｅ＝Ｗｅｂ` asks for the key `role`, and for the value as it stands: a PCE's label
/// may be called so.
fn label(text: &str) -> String {
    match text.split_once(['=', '＝']) {
        Some((key, value)) => {
            let value = value.replace('｜', "|");
            format!("{}={}", narrow(key).trim(), value.trim())
        }
        None => text.trim().to_owned(),
    }
}

/// `台北監控 <soc＠example.com>`
fn sender(text: &str) -> String {
    match text.split_once(['<', '＜']) {
        Some((name, address)) => format!("{name}<{}", ascii(address)),
        None => ascii(text),
    }
}

/// `2027/1/31`, `2027.1.31` and `2027年1月31日` as `2027-01-31`; what follows the day stays
/// behind it.
pub fn day(text: &str) -> Cow<'_, str> {
    let text = narrow(text);
    match iso(text.trim()) {
        Some(iso) => iso.into(),
        None => text,
    }
}

fn iso(text: &str) -> Option<String> {
    let (year, rest) = digits(text, 4..=4)?;
    let between = rest.chars().next().filter(|c| "/.-年".contains(*c))?;
    let (month, rest) = digits(rest.get(between.len_utf8()..)?, 1..=2)?;
    let second = if between == '年' { '月' } else { between };
    let (day, rest) = digits(rest.strip_prefix(second)?, 1..=2)?;
    let rest = rest.strip_prefix('日').unwrap_or(rest);
    let rest = if rest.starts_with(|c: char| c.is_ascii_digit()) {
        format!(" {rest}")
    } else {
        rest.to_owned()
    };
    Some(format!("{year}-{month:0>2}-{day:0>2}{rest}"))
}

/// So many digits at the begin, and what follows them.
fn digits(text: &str, count: std::ops::RangeInclusive<usize>) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|_| count.contains(&end))
}

/// `~/ca.pem` below the user's folder: a run from cron may be another's.
fn path(text: &str, home: Option<&Path>) -> String {
    let below = text.strip_prefix("~/").or_else(|| text.strip_prefix("～/"));
    match (below.or_else(|| text.strip_prefix("～／")), home) {
        (Some(below), Some(home)) => home.join(below).display().to_string(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::config::keys;

    #[test]
    fn full_width_forms_become_ascii_and_other_letters_stay() {
        for (typed, ascii) in [
            ("７", "7"),
            ("ｔｃｐ", "tcp"),
            ("！＂～", "!\"~"),
            ("ＡＺａｚ０９", "AZaz09"),
            ("　－１　", " -1 "),
            ("？", "?"),
            ("規則，「一」、é ﾊ ￥", "規則,「一」、é ﾊ ￥"),
        ] {
            assert_eq!(narrow(typed), ascii, "{typed}");
        }
        assert!(matches!(narrow("plain 規則"), Cow::Borrowed(_)));
    }

    #[test]
    fn an_answer_is_read_by_what_may_stand_at_its_key() {
        let home = Some(Path::new("/home/soc"));
        for (key, typed, is) in [
            // Numbers, words, times.
            ("rules.threshold_count", "　１０ ", "10"),
            ("rules.threshold_type", "ｃｏｕｎｔ", "count"),
            ("settings.daily_report", "０８：３０", "08:30"),
            ("settings.daily_report", "ｏｆｆ", "off"),
            ("settings.timezone", "Ａsia／Ｔaipei", "Asia/Taipei"),
            ("api.org_id", "１", "1"),
            // Addresses.
            (
                "api.url",
                "ｈｔｔｐｓ：／／ｐｃｅ。example。com：８４４３",
                "https://pce.example.com:8443",
            ),
            ("smtp.host", "mail。example．com", "mail.example.com"),
            (
                "email.recipients",
                "a＠example.com、b@example.com；c@x.net",
                "a@example.com,b@example.com,c@x.net",
            ),
            ("email.sender", "ｍ＠example.net", "m@example.net"),
            ("email.sender", "台北ＳＯＣ <ｍ＠example.net＞", "台北ＳＯＣ <m@example.net>"),
            // Lists.
            ("rules.port", "４４３，８０、8000～８１００", "443,80,8000-8100"),
            ("rules.port", "８０８０－8090", "8080-8090"),
            ("rules.src_ip_in", "１０．０．０．０／８，::１", "10.0.0.0/8,::1"),
            ("rules.severity", "ｅｒｒ、warning", "err,warning"),
            ("rules.per", "source，ｓｏｕｒｃｅ＿ｌａｂｅｌ：app", "source,source_label:app"),
            ("rules.state", "offline；unhealthy", "offline,unhealthy"),
            ("rules.state", "offline, unhealthy", "offline, unhealthy"),
            ("rules.filter_value", "ｕｓｅｒ．＊｜ａｇｅｎｔ。？", "user.*|agent.?"),
            ("rules.filter_value", "agent.*、user.*", "agent.*|user.*"),
            // A name or a label's value may hold wide letters; what separates them may not.
            ("rules.src_label", "role=Web，env=Prod", "role=Web,env=Prod"),
            ("rules.label", "ｒｏｌｅ＝Ｗｅｂ｜App、 env = 正式 ", "role=Ｗｅｂ|App,env=正式"),
            ("rules.workload", "主機Ａ，win-＊； ｌａｂ｜x", "主機Ａ,win-*,ｌａｂ|x"),
            ("rules.not_host", "ｗｉｎ－＊，測試機？", "win-*,測試機?"),
            ("rules.not_src_list", "總公司、分公司", "總公司,分公司"),
            // Days and paths.
            ("api.key_expires", "2027/1/31", "2027-01-31"),
            ("api.key_expires", "２０２７／１／３１", "2027-01-31"),
            ("api.key_expires", "2027年1月31日", "2027-01-31"),
            ("api.key_expires", "2027.01.31", "2027-01-31"),
            ("api.key_expires", "2027-1-31", "2027-01-31"),
            ("api.key_expires", "1/31/2027", "1/31/2027"),
            ("api.ca_file", "~/ca.pem", "/home/soc/ca.pem"),
            ("api.ca_file", "～/憑證Ａ.pem", "/home/soc/憑證Ａ.pem"),
            ("smtp.ca_file", "/etc/~/ca.pem", "/etc/~/ca.pem"),
        ] {
            assert_eq!(meant(keys().at(key).unwrap(), typed, home), is, "{key}: {typed}");
        }
    }

    #[test]
    fn texts_secrets_and_json_stay_as_they_are_typed() {
        for key in [
            "rules.name",
            "rules.desc",
            "rules.rec",
            "rules.note",
            "rules.technique",
            "settings.site_name",
            "api.secret",
            "api.proxy",
            "smtp.user",
            "smtp.password",
        ] {
            let key = keys().at(key).unwrap();
            assert_eq!(
                meant(key, "２０２７／１，？　～/x。", None),
                "２０２７／１，？　～/x。",
                "{key:?}"
            );
        }
        for (key, json) in [
            ("rules.src_label", r#"["role=Web，Prod"]"#),
            ("rules.src_list", r#"["甲、乙"]"#),
            ("rules.change", r#"{"field": "名稱，"}"#),
        ] {
            assert_eq!(meant(keys().at(key).unwrap(), json, None), json);
        }
    }

    #[test]
    fn a_day_stands_before_a_time_and_what_is_none_stays() {
        for (typed, is) in [
            ("2027/1/31 06:00", "2027-01-31 06:00"),
            ("2027年1月31日06：00", "2027-01-31 06:00"),
            ("2027/1/31T6:00", "2027-01-31T6:00"),
            ("2026-11-22T08:30:00+02:00", "2026-11-22T08:30:00+02:00"),
            ("06:00", "06:00"),
            ("＋８ｈ", "+8h"),
            ("2027/1-31", "2027/1-31"),
            ("20270131", "20270131"),
            ("", ""),
        ] {
            assert_eq!(day(typed), is, "{typed}");
        }
    }
}
