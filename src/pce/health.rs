//! Whether the PCE itself is well.

use serde::Deserialize;

use super::client::Client;
use super::error::Error;
use super::record::List;

/// What the PCE says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Every PCE of the array is `normal`.
    Normal,
    /// Some PCE is not; what they say, for the mail.
    Ill(Vec<Complaint>),
    /// This key, or this kind of PCE, is not offered it: 403, 404, 406 [REST 25.2: not for cloud customers].
    NotOffered,
}

/// What one PCE complains of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// Its name.
    pub fqdn: String,
    /// `warning`, `critical`, `error` …
    pub status: String,
    /// What it gives as reasons.
    pub reasons: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Pce {
    status: Option<String>,
    fqdn: Option<String>,
    notifications: List<Option<Notification>>,
    listen_only_mode_enabled_at: serde_json::Value,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Notification {
    status: Option<String>,
    token: Option<String>,
    message: Option<String>,
}

/// An array [REST 25.2]; one PCE outside of an array is read all the same.
#[derive(Deserialize)]
#[serde(untagged)]
enum HealthAnswer {
    Several(Vec<Option<Pce>>),
    One(Pce),
}

/// Asks for `/api/v2/health`. HTTP 200 does not mean healthy: the array's
/// statuses do [REST 25.2, "PCE health"; a supercluster has several].
///
/// # Errors
/// Whatever keeps the answer from coming; see [`Client::get`].
pub fn health(client: &mut Client) -> Result<Health, Error> {
    health_and_mode(client).map(|(health, _)| health)
}

/// The same, and whether one of them is in Listen Only mode, in which a PCE marks no
/// workload as offline \[Administration 25.2\].
///
/// # Errors
/// As [`health`].
pub fn health_and_mode(client: &mut Client) -> Result<(Health, bool), Error> {
    let list = match client.get_json::<HealthAnswer>("/health") {
        Ok(HealthAnswer::Several(list)) => list,
        Ok(HealthAnswer::One(pce)) => vec![Some(pce)],
        Err(Error::Status { status: 403 | 404 | 406, .. }) => {
            return Ok((Health::NotOffered, false));
        }
        Err(error) => return Err(error),
    };
    let mode =
        |pce: &Pce| pce.listen_only_mode_enabled_at.as_str().is_some_and(|at| !at.is_empty());
    let listen_only = list.iter().flatten().any(mode);
    Ok((judge(list).without_secrets(client), listen_only))
}

impl Health {
    fn without_secrets(self, client: &Client) -> Self {
        let Self::Ill(complaints) = self else {
            return self;
        };
        let clean = |text: &String| client.clean(text);
        let cleaned = complaints.iter().map(|complaint| Complaint {
            fqdn: clean(&complaint.fqdn),
            status: clean(&complaint.status),
            reasons: complaint.reasons.iter().map(clean).collect(),
        });
        Self::Ill(cleaned.collect())
    }
}

/// A cheap request that needs a key: that the PCE answers and accepts it, and its
/// time, are what is learnt [REST 25.2, "noop"].
///
/// # Errors
/// As [`Client::get`]; that it is not offered is none.
pub fn noop(client: &mut Client) -> Result<(), Error> {
    match client.get_nothing("/noop") {
        Ok(()) | Err(Error::Status { status: 403 | 404 | 406, .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// One that says nothing of itself is not normal either; of none at all nothing
/// is known.
fn judge(list: Vec<Option<Pce>>) -> Health {
    if list.is_empty() {
        return Health::NotOffered;
    }
    let ill = list
        .into_iter()
        .map(Option::unwrap_or_default)
        .filter(|pce| pce.status.as_deref() != Some("normal"));
    let complaints: Vec<Complaint> = ill.map(complaint).collect();
    if complaints.is_empty() { Health::Normal } else { Health::Ill(complaints) }
}

fn complaint(pce: Pce) -> Complaint {
    let reasons = pce.notifications.0.into_iter().flatten().map(|notification| {
        let text = notification.message.or(notification.token).unwrap_or_default();
        match notification.status {
            Some(status) => format!("{status}: {text}"),
            None => text,
        }
    });
    Complaint {
        fqdn: pce.fqdn.unwrap_or_default(),
        status: pce.status.unwrap_or_else(|| "unknown".to_owned()),
        reasons: reasons.filter(|reason| !reason.is_empty()).take(10).collect(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_answer_is_read_as_far_as_it_can_be_and_is_not_normal() {
        let judged = |text: &str| judge(serde_json::from_str(text).unwrap());
        assert_eq!(judged("[]"), Health::NotOffered);
        let one = serde_json::from_str::<HealthAnswer>(r#"{"status":"warning","fqdn":"pce"}"#);
        assert!(matches!(one, Ok(HealthAnswer::One(_))));
        let normal = r#"{"status":"normal","notifications":null}"#;
        assert_eq!(judged(&format!("[{normal}]")), Health::Normal);
        let ill = format!(
            r#"[{normal},null,{{"status":"critical","notifications":[null,{{"message":"disk"}}]}},{{"status":"warning","notifications":{{}}}}]"#
        );
        let Health::Ill(complaints) = judged(&ill) else { unreachable!("{ill}") };
        let told = complaints.iter().map(|one| (one.status.as_str(), one.reasons.join(" ")));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("unknown", String::new()),
                ("critical", "disk".to_owned()),
                ("warning", String::new())
            ]
        );
    }
}
