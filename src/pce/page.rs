//! Web pages in the API's place: a log-in portal's or a proxy's.
//!
//! What such a page says is a guess by its looks. It serves the message alone, so a
//! wrong guess costs nothing but a less fitting sentence.

/// How much of a page is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// So much of a host's name is shown.
const HOST: usize = 100;

/// What log-in pages have and others don't.
const LOG_IN: [&str; 9] = [
    "type=\"password\"",
    "type='password'",
    "log in",
    "login",
    "log-in",
    "sign in",
    "sign-in",
    "samlrequest",
    "登入",
];

/// What stands before the address that a page sends its reader to.
const LEADS: [&str; 4] = ["action=", "url=", "location.href=", "location="];

/// Whether the text is a page where people log in.
pub fn is_log_in(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && {
        let page = beginning(text).to_lowercase();
        LOG_IN.iter().any(|word| page.contains(word))
    }
}

/// The host to which the page sends what is typed into it, or its reader at once.
pub fn leads_to(page: &str) -> Option<String> {
    let page = beginning(page).to_ascii_lowercase();
    LEADS.iter().find_map(|lead| {
        let rest = page.split(lead).skip(1);
        let mut hosts = rest.filter_map(|rest| host_of(rest.trim_start_matches([' ', '"', '\''])));
        hosts.next()
    })
}

/// The host that an absolute address names, with its port, and nothing else of it: a
/// user, a path or a query may hold what is nobody's business.
pub fn host_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("//")?;
    let is_address = matches!(scheme.to_ascii_lowercase().as_str(), "" | "http:" | "https:");
    let end = |c: char| c.is_whitespace() || "/?#\\\"'<>;".contains(c);
    let host = rest.split(end).next()?.rsplit('@').next()?;
    let is_plain = |c: char| c.is_alphanumeric() || ".-_:[]".contains(c);
    let is_host = !host.is_empty() && host.chars().all(is_plain);
    (is_address && is_host).then(|| host.chars().take(HOST).collect())
}

/// Cut at a letter's end.
fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LOOKED_AT)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_named() {
        let named = |address| host_of(address).unwrap_or_default();
        assert_eq!(named("https://sso.example.net/a?token=1"), "sso.example.net");
        assert_eq!(named("HTTPS://me:secret@sso.example.net:8443"), "sso.example.net:8443");
        assert_eq!(named("//sso.example.net/login"), "sso.example.net");
        assert_eq!(named("https://[2001:db8::1]:443/"), "[2001:db8::1]:443");
        for none in
            ["/login?to=https://pce", "", "https:///x", "ftp://x", "https://a b\u{7}c\u{202e}/"]
        {
            assert!(host_of(none).is_none_or(|host| host == "a"), "{none}");
        }
        let long = format!("https://{}/", "a".repeat(500));
        assert_eq!(named(&long).len(), HOST);
    }

    #[test]
    fn a_log_in_page_is_known_by_its_looks_and_says_where_it_leads() {
        let form = "\u{feff}\n<!DOCTYPE html><form method=post ACTION='https://sso.example.net/auth'>\
            <input type=\"password\">";
        assert!(is_log_in(form));
        assert_eq!(leads_to(form), Some("sso.example.net".to_owned()));
        let refresh = "<meta http-equiv=refresh content=\"0; URL=https://idp.example.net/saml\">";
        assert_eq!(leads_to(refresh), Some("idp.example.net".to_owned()));
        assert_eq!(leads_to("<form action=\"/login\">"), None);
        assert!(!is_log_in("<html><h1>It works!</h1>"));
        assert!(!is_log_in("[{\"event_type\":\"user.login\"}]"));
    }
}
