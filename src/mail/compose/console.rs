//! Links to the PCE's web console.
//!
//! Only a workload's page is linked: `/#/workloads/{uuid}` on the PCE's own host
//! and port [cpainchaud/pylo, `get_pce_ui_workload_url`; ThreatQ's Illumio
//! integration]. No other page's address is known for sure. Illumio's cloud has its
//! console under another name, so there is no link.

/// Where the console is; nowhere, if that is not known.
pub(super) struct Console(Option<String>);

impl Console {
    /// The console of the PCE at this URL.
    pub(super) fn of(pce_url: &str) -> Self {
        let base = pce_url.trim_end_matches('/');
        let host = base.strip_prefix("https://").unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        let name = host.split(':').next().unwrap_or_default();
        let known = !host.is_empty()
            && host.len() <= 120
            && host.chars().all(plain)
            && !name.ends_with(".illum.io");
        Self(known.then(|| base.to_owned()))
    }

    /// The page of the workload at this href; `None` for any other thing.
    pub(super) fn workload(&self, href: &str) -> Option<String> {
        let base = self.0.as_ref()?;
        let (org, id) = href.strip_prefix("/orgs/")?.split_once("/workloads/")?;
        let digits = !org.is_empty() && org.bytes().all(|b| b.is_ascii_digit());
        let uuid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        (digits && uuid).then(|| format!("{base}/#/workloads/{id}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HREF: &str = "/orgs/1/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04";

    #[test]
    fn a_workload_has_its_page_on_the_pces_own_host() {
        let console = Console::of("https://pce.example.com:8443/");
        assert_eq!(
            console.workload(HREF).as_deref(),
            Some("https://pce.example.com:8443/#/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04")
        );
    }

    #[test]
    fn what_is_not_surely_a_workloads_page_has_no_link() {
        let console = Console::of("https://pce.example.com:8443");
        for href in [
            "",
            "/orgs/1/agents/7",
            "/orgs/1/workloads/",
            "/orgs/x/workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04",
            "/orgs/1/kubernetes_workloads/9c7b2a11-8f10-4d6e-b1f0-7d1d5f9e2c04",
            "/orgs/1/workloads/\"><script>alert(1)</script>aaaaaaaaaa",
            "javascript:alert(1)",
        ] {
            assert_eq!(console.workload(href), None, "{href}");
        }
        for url in ["https://scp4.illum.io:443", "http://127.0.0.1:8443", "https://a\"b", ""] {
            assert_eq!(Console::of(url).workload(HREF), None, "{url}");
        }
    }
}
