//! A simulated PCE: a blocking HTTP(S) server on loopback, as strict and as odd as
//! the real one, for tests and for trying out clients.
//!
//! A test fills its log and its network ([`Pce::event`], [`Pce::connection`]), sets
//! its clock ([`Pce::set_now`]), breaks it ([`Pce::fault`], [`Pce::next_query`]) and
//! looks at what it was asked ([`Pce::requests`]). It knows nothing of the monitor.

#![allow(dead_code, missing_docs)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod api;
mod bulk;
mod certificates;
mod connection;
mod counting;
mod event_records;
mod events;
mod fault;
mod http;
mod ip_lists;
mod jobs;
mod labels;
mod listen;
mod query;
mod realistic;
mod regions;
mod rows;
mod state;
mod time;
mod uploads;
mod vens;
mod workloads;

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use serde_json::Value;

#[allow(unused_imports)]
pub use self::{
    bulk::Bulk,
    certificates::Tls,
    connection::{
        Connection, Endpoint, address, allowed, blocked, kubernetes_workload, potentially_blocked,
        undecided, unmanaged_workload, workload,
    },
    counting::{Counting, Cut, LaterName, Midnight, Name, Restart},
    event_records::*,
    events::Stored,
    fault::Fault,
    ip_lists::ip_list,
    jobs::Fate,
    labels::LabelAccess,
    listen::Welcome,
    realistic::a_realistic_hour,
    regions::Region,
    state::{Seen, healthy, mixed},
    time::{Clock, DAY, When, at, millis, seconds},
    uploads::Upload,
    vens::{Lag, Vens},
    workloads::{HostRecord, ListFate, host, hosts},
};
use self::{listen::Listener, state::Shared};

/// A simulated PCE. It stops when it is dropped.
pub struct Pce {
    shared: Arc<Shared>,
    listener: Option<Listener>,
    address: SocketAddr,
    tls: Option<Arc<ServerConfig>>,
    trust_pem: Option<String>,
}

impl Pce {
    /// A healthy, empty PCE over plain HTTP on a free port; its clock stands at 10:00.
    pub fn start() -> Self {
        Self::with(Tls::Off, "127.0.0.1:0")
    }

    /// The same over HTTPS.
    pub fn start_tls(tls: Tls) -> Self {
        Self::with(tls, "127.0.0.1:0")
    }

    /// The same over HTTPS with this certificate and key, both PEM.
    pub fn start_showing(certificate: &str, key: &str) -> Self {
        let made = certificates::of_pem(certificate, key);
        Self::on("127.0.0.1:0", Some(made))
    }

    /// On this address.
    pub fn with(tls: Tls, address: &str) -> Self {
        Self::on(address, certificates::make(tls))
    }

    fn on(address: &str, certificate: Option<certificates::Certificate>) -> Self {
        let shared = Arc::new(Shared::default());
        let trust_pem = certificate.as_ref().map(|made| made.trust_pem.clone());
        let tls = certificate.map(|made| made.config);
        let address = address.parse().unwrap();
        let listener = Listener::start(address, tls.clone(), Arc::clone(&shared)).unwrap();
        Self { address: listener.address, listener: Some(listener), shared, tls, trust_pem }
    }

    /// `http://127.0.0.1:PORT`, or `https://…`.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client has to trust, as PEM; nothing without TLS.
    pub fn trust_pem(&self) -> Option<&str> {
        self.trust_pem.as_deref()
    }

    /// The API key's name.
    pub fn key(&self) -> String {
        self.shared.lock().key.clone()
    }

    /// The API key's secret.
    pub fn secret(&self) -> String {
        self.shared.lock().secret.clone()
    }

    /// From now on only this key and secret are accepted.
    pub fn set_credentials(&self, key: &str, secret: &str) {
        let mut state = self.shared.lock();
        (state.key, state.secret) = (key.into(), secret.into());
    }

    /// From now on this is its org.
    pub fn set_org(&self, org: &str) {
        self.shared.lock().org = org.into();
    }

    /// Sets the clock; it then stands still.
    pub fn set_now(&self, when: impl When) {
        self.shared.lock().clock = Clock::Fixed(when.instant());
    }

    /// The clock runs with the host's, so much ahead of it.
    pub fn run_clock(&self, ahead: SignedDuration) {
        self.shared.lock().clock = Clock::Running(ahead);
    }

    /// What it takes for now.
    pub fn now(&self) -> Timestamp {
        self.shared.lock().now()
    }

    /// Puts an event into the log.
    pub fn event(&self, record: EventRecord) {
        self.shared.lock().log(record);
    }

    /// Puts several events into the log.
    pub fn events(&self, records: impl IntoIterator<Item = EventRecord>) {
        records.into_iter().for_each(|record| self.event(record));
    }

    /// It loses all connections that VENs have reported.
    pub fn forget_connections(&self) {
        self.shared.lock().uploads.clear();
    }

    /// From now on VENs sum up the connections that they see.
    pub fn vens(&self, vens: Vens) {
        self.shared.lock().vens = Some(vens);
    }

    /// All that VENs have told or will tell, for the oracle.
    pub fn uploads(&self) -> Vec<Upload> {
        let state = self.shared.lock();
        let series = state.uploads.series();
        series.flat_map(|series| series.uploads.clone()).collect()
    }

    /// All of the log, for the oracle.
    pub fn log(&self) -> Vec<Stored> {
        self.shared.lock().events.clone()
    }

    /// VENs see a connection.
    pub fn connection(&self, connection: Connection) {
        self.connections([connection]);
    }

    /// VENs see several connections.
    pub fn connections(&self, connections: impl IntoIterator<Item = Connection>) {
        let state = &mut *self.shared.lock();
        for connection in connections {
            state.uploads.add(&connection, state.vens.as_ref());
        }
    }

    /// The rows that overlap the window, as a query for everything would get them at
    /// `now`.
    pub fn rows(&self, now: Timestamp, from: Timestamp, to: Timestamp) -> Vec<Value> {
        let state = self.shared.lock();
        let rows = rows::rows(&state.uploads, &state.counting, now, (from, to));
        rows.iter().map(|row| row.json(0)).collect()
    }

    /// How rows are counted.
    pub fn counting(&self, counting: Counting) {
        self.shared.lock().counting = counting;
    }

    /// So many synthetic rows in place of connections.
    pub fn bulk(&self, rows: u64) {
        let begun = self.now();
        self.shared.lock().bulk = Some(Bulk::new(rows, begun));
    }

    /// From now on these are its provisioned IP lists, as it sends them.
    pub fn ip_lists(&self, lists: impl IntoIterator<Item = Value>) {
        self.shared.lock().ip_lists = lists.into_iter().collect();
    }

    /// Whether the key may not read them.
    pub fn hide_ip_lists(&self, hidden: bool) {
        self.shared.lock().hides_ip_lists = hidden;
    }

    /// Hands out at most so many IP lists without a word.
    pub fn cap_ip_lists_at(&self, most: usize) {
        self.shared.lock().ip_lists_cap = Some(most);
    }

    /// From now on these are its labels, by key and value.
    pub fn labels(&self, labels: impl IntoIterator<Item = (String, String)>) {
        self.shared.lock().labels = labels.into_iter().collect();
    }

    /// Who may read them, and how.
    pub fn label_access(&self, access: LabelAccess) {
        self.shared.lock().label_access = access;
    }

    /// Refuses to be asked for more IP lists than that.
    pub fn refuse_more_ip_lists_than(&self, most: usize) {
        self.shared.lock().ip_lists_page = Some(most);
    }

    /// Caps a page of events at so many without a word.
    pub fn cap_events_at(&self, most: usize) {
        self.shared.lock().events_cap = Some(most);
    }

    /// Finds at most so many rows for one query, and says how many match.
    pub fn cap_rows_at(&self, most: usize) {
        self.shared.lock().rows_cap = Some(most);
    }

    /// It claims so many matches for each row that it finds, as live PCEs do: 9,021 for
    /// 5,525 rows. Nothing is cut for that.
    pub fn claim_matches_a_row(&self, matches: f64) {
        self.shared.lock().matches_a_row = matches;
    }

    /// It leads a supercluster of these regions. Connections belong to the first one,
    /// unless said otherwise.
    pub fn regions(&self, regions: impl IntoIterator<Item = Region>) {
        self.shared.lock().regions = regions.into_iter().collect();
    }

    /// These are its workloads from now on.
    pub fn workloads(&self, hosts: impl IntoIterator<Item = HostRecord>) {
        let org = self.shared.lock().org.clone();
        let list = hosts.into_iter().map(|host| host.json(&org)).collect();
        self.shared.lock().workloads.list = list;
    }

    /// Its workloads as JSON, be they as odd as they may.
    pub fn raw_workloads(&self, list: Vec<Value>) {
        self.shared.lock().workloads.list = list;
    }

    /// Hands out at most so many workloads at once without a word; 500.
    pub fn cap_workloads_at(&self, most: usize) {
        self.shared.lock().workloads.cap = most;
    }

    /// What becomes of every job that puts the list of workloads together.
    pub fn every_list(&self, fate: ListFate) {
        self.shared.lock().workloads.fate = fate;
    }

    /// How many such jobs it still keeps.
    pub fn list_jobs_kept(&self) -> usize {
        self.shared.lock().workloads.kept()
    }

    /// It is in Listen Only mode, or not.
    pub fn listen_only(&self, listen_only: bool) {
        let at = listen_only.then_some("2026-08-03T09:00:00Z");
        self.shared.lock().health[0]["listen_only_mode_enabled_at"] = at.into();
    }

    /// How many requests it answers in one minute of its clock; 500.
    pub fn answer_a_minute(&self, requests: usize) {
        self.shared.lock().requests_a_minute = requests;
    }

    /// Writes an event for every request that it refuses with 401, as real PCEs do.
    pub fn log_refusals(&self) {
        self.shared.lock().logs_refusals = true;
    }

    /// What `/api/v2/health` answers.
    pub fn set_health(&self, health: Value) {
        self.shared.lock().health = health;
    }

    /// The health's status: `normal`, `warning`, `critical`, with this message.
    pub fn health_status(&self, status: &str, message: &str) {
        let mut health = healthy();
        health[0]["status"] = status.into();
        health[0]["notifications"] = serde_json::json!([
            {"status": status, "token": "simulated", "message": message}
        ]);
        self.set_health(health);
    }

    /// Whether bodies are compressed for those who accept it; they are.
    pub fn gzip(&self, gzip: bool) {
        self.shared.lock().gzip = gzip;
    }

    /// Something goes wrong from now on; of several faults the first that fits.
    pub fn fault(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        let mut state = self.shared.lock();
        state.faults.clear();
        state.welcome = Welcome::Normal;
        state.jobs.usual = Fate::completes();
        state.jobs.next.clear();
    }

    /// How many requests met each fault, in the order they were injected.
    pub fn faults_met(&self) -> Vec<usize> {
        self.shared.lock().faults.iter().map(Fault::met).collect()
    }

    /// What new connections meet before any request.
    pub fn welcome(&self, welcome: Welcome) {
        self.shared.lock().welcome = welcome;
    }

    /// What becomes of the next traffic query that nothing is said about yet.
    pub fn next_query(&self, fate: Fate) {
        self.shared.lock().jobs.next.push_back(fate);
    }

    /// What becomes of every traffic query.
    pub fn every_query(&self, fate: Fate) {
        self.shared.lock().jobs.usual = fate;
    }

    /// How many traffic queries it still keeps.
    pub fn queries_kept(&self) -> usize {
        self.shared.lock().jobs.kept()
    }

    /// Stops listening: connections are refused.
    pub fn down(&mut self) {
        self.listener = None;
    }

    /// Listens again, on the same port; waits for it where another test has it.
    pub fn up(&mut self) {
        for _ in 0..1_000 {
            let shared = Arc::clone(&self.shared);
            if let Ok(listener) = Listener::start(self.address, self.tls.clone(), shared) {
                self.listener = Some(listener);
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("{} is not free again", self.address);
    }

    /// From now on it shows another certificate, on the same port.
    pub fn renew(&mut self, tls: Tls) {
        self.down();
        let certificate = certificates::make(tls);
        self.trust_pem = certificate.as_ref().map(|made| made.trust_pem.clone());
        self.tls = certificate.map(|made| made.config);
        self.up();
    }

    /// What was asked, in order.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.lock().seen.clone()
    }

    /// The requests with this method whose path contains this.
    pub fn requests_to(&self, method: &str, path: &str) -> Vec<Seen> {
        let mut seen = self.requests();
        seen.retain(|seen| seen.method == method && seen.path.contains(path));
        seen
    }

    /// Forgets what was asked.
    pub fn forget_requests(&self) {
        self.shared.lock().seen.clear();
    }
}
