//! A plain client for the simulated PCE's own tests.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::pce::Pce;

/// One answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// A client that keeps its connections.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    authorization: String,
}

pub type Outcome = Result<Answer, ureq::Error>;

impl Client {
    pub fn of(pce: &Pce) -> Self {
        Self::with_secret(pce, &pce.secret())
    }

    pub fn with_secret(pce: &Pce, secret: &str) -> Self {
        use base64::Engine;
        let pair = format!("{}:{secret}", pce.key());
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let root = match pce.trust_pem() {
            Some(pem) => vec![Certificate::from_pem(pem.as_bytes()).unwrap()],
            None => Vec::new(),
        };
        let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&root));
        let config = ureq::Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(5)))
            .build();
        Self {
            agent: config.into(),
            base: format!("{}/api/v2", pce.url()),
            authorization: format!("Basic {encoded}"),
        }
    }

    pub fn try_get(&self, path: &str) -> Outcome {
        let request = self.agent.get(format!("{}{path}", self.base));
        let request = request.header("Authorization", &self.authorization);
        read(request.header("Accept", "application/json").call())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.try_get(path).unwrap()
    }

    pub fn csv(&self, path: &str) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.base));
        let request = request.header("Authorization", &self.authorization);
        read(request.header("Accept", "text/csv").call()).unwrap()
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.base));
        let request = request.header("Authorization", &self.authorization);
        let request = request.header("Content-Type", "application/json");
        read(request.send(body.to_string())).unwrap()
    }

    pub fn delete(&self, path: &str) -> Answer {
        let request = self.agent.delete(format!("{}{path}", self.base));
        read(request.header("Authorization", &self.authorization).call()).unwrap()
    }

    /// Posts a query, polls it to its end and downloads what it found.
    pub fn traffic(&self, body: &Value) -> Vec<Value> {
        let posted = self.post("/orgs/1/traffic_flows/async_queries", body);
        assert_eq!(posted.status, 202, "{}", posted.text);
        let href = posted.json()["href"].as_str().unwrap().to_owned();
        for _ in 0..50 {
            let state = self.get(&href).json();
            if state["status"] == "completed" {
                let rows = self.get(state["result"].as_str().unwrap()).json();
                return rows.as_array().unwrap().clone();
            }
        }
        panic!("the query did not complete");
    }
}

fn read(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Outcome {
    let mut response = result?;
    let bytes = response.body_mut().with_config().limit(1 << 32).read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// A valid query for everything of the day.
pub fn query() -> Value {
    json!({
        "query_name": "test",
        "sources": {"include": [], "exclude": []},
        "destinations": {"include": [[]], "exclude": []},
        "services": {"include": [], "exclude": []},
        "start_date": "2026-08-03T00:00:00Z", "end_date": "2026-08-03T23:59:59.000Z",
        "policy_decisions": [], "max_results": 200_000
    })
}

/// The same with one member replaced, or left out for null.
pub fn query_with(name: &str, value: Value) -> Value {
    let mut query = query();
    if value.is_null() {
        query.as_object_mut().unwrap().remove(name);
    } else {
        query[name] = value;
    }
    query
}
