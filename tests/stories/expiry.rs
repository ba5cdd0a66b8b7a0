//! The API key and the PCE's certificate come to an end; each is told in time.

use serde_json::json;

use crate::pce::*;
use crate::world::{Run, World};

/// One run a day at noon from one day to another; the subjects of the mails, each
/// with its day.
fn days(world: &mut World, from: &str, days: i64) -> Vec<(String, String)> {
    let first = format!("{from}T12:00:00Z").as_str().instant();
    let noons = (0..days).map(|day| first + jiff::SignedDuration::from_hours(24 * day));
    let mut told = Vec::new();
    for noon in noons {
        let run = world.run_at(noon);
        let day = noon.to_string()[..10].to_owned();
        told.extend(run.mails.iter().map(|mail| (day.clone(), short(&mail.subject()))));
    }
    told
}

/// Without the program's name and the site's.
fn short(subject: &str) -> String {
    subject.strip_prefix("[Illumio Monitor] [test] ").unwrap().to_owned()
}

fn told(told: &[(String, String)]) -> Vec<(&str, &str)> {
    told.iter().map(|(day, what)| (day.as_str(), what.as_str())).collect()
}

/// A world whose PCE shows a certificate that ends at 2090-03-31 00:00 UTC.
fn with_certificate() -> World {
    World::with_tls(Tls::Between((2020, 1, 1), (2090, 3, 31)))
}

fn trust(world: &World) {
    let pem = world.pce.trust_pem().unwrap();
    std::fs::write(world.folder().join("pce-ca.pem"), pem).unwrap();
}

#[test]
fn a_certificate_about_to_end_is_told_at_30_7_and_1_days() {
    let mut world = with_certificate();
    let told_on = days(&mut world, "2090-02-25", 34);
    assert_eq!(
        told(&told_on),
        [
            ("2090-03-01", "PCE certificate expires in 30 days"),
            ("2090-03-24", "PCE certificate expires in 7 days"),
            ("2090-03-30", "CRITICAL: PCE certificate expires tomorrow"),
        ]
    );
}

#[test]
fn a_warning_whose_day_was_missed_comes_with_the_next_run() {
    let mut world = with_certificate();
    assert_eq!(world.run_at("2090-02-25T12:00:00Z").mails.len(), 0);
    let late = world.run_at("2090-03-26T12:00:00Z");
    assert_eq!(short(&late.mail().subject()), "PCE certificate expires in 5 days");
    assert_eq!(late.mail().header("X-Illumio-Monitor-Level"), "warning");
    assert!(
        late.mail().text().contains("Expires: 2090-03-31 00:00 +00:00"),
        "{}",
        late.mail().text()
    );
    assert_eq!(world.run_at("2090-03-26T13:00:00Z").mails.len(), 0);
    let last = world.run_at("2090-03-30T23:50:00Z");
    assert!(last.mail().subject().contains("tomorrow"));
    // Later mails go on from the first one.
    let first = late.mail().header("Message-ID");
    assert_eq!(last.mail().header("In-Reply-To"), first);
}

#[test]
fn a_renewed_certificate_closes_the_warning_and_starts_afresh() {
    let mut world = with_certificate();
    let first = world.run_at("2090-03-20T12:00:00Z");
    assert!(first.mail().subject().contains("expires in 11 days"));
    world.pce.renew(Tls::Between((2020, 1, 1), (2091, 3, 31)));
    trust(&world);

    let renewed = world.run_at("2090-03-21T12:00:00Z");

    assert_eq!(short(&renewed.mail().subject()), "PCE certificate renewed");
    assert!(renewed.mail().text().contains("2091-03-31 00:00 +00:00"));
    assert_eq!(renewed.mail().header("In-Reply-To"), first.mail().header("Message-ID"));
    let told_on = days(&mut world, "2091-02-27", 4);
    assert_eq!(
        told(&told_on)[1..],
        [("2091-03-01", "PCE certificate expires in 30 days")],
        "{told_on:?}"
    );
}

#[test]
fn a_certificate_that_lives_for_weeks_is_not_told_at_each_renewal() {
    let mut world = World::with_tls(Tls::Between((2090, 3, 1), (2090, 4, 15)));
    // The host's own clock has not come there.
    world.set("api.verify_ssl", json!(false));
    let told_on = days(&mut world, "2090-03-05", 41);
    assert_eq!(
        told(&told_on),
        [
            ("2090-04-08", "PCE certificate expires in 7 days"),
            ("2090-04-14", "CRITICAL: PCE certificate expires tomorrow"),
        ]
    );
    let over = world.run_at("2090-04-15T12:00:00Z");
    assert_eq!(short(&over.mail().subject()), "CRITICAL: PCE certificate has expired");
    assert_eq!(world.run_at("2090-04-15T12:10:00Z").mails.len(), 0);
}

#[test]
fn the_api_key_is_told_by_the_date_in_the_config() {
    let mut world = World::new();
    world.set("settings.timezone", json!("Asia/Taipei"));
    world.set("api.key_expires", json!("2026-09-10"));
    let told_on = days(&mut world, "2026-08-09", 34);
    assert_eq!(
        told(&told_on),
        [
            ("2026-08-11", "API key expires in 30 days"),
            ("2026-09-03", "API key expires in 7 days"),
            ("2026-09-09", "CRITICAL: API key expires tomorrow"),
            ("2026-09-10", "CRITICAL: API key has expired"),
        ]
    );
    world.set("api.key_expires", json!("2027-09-10"));
    let renewed = world.run_at("2026-09-12T12:00:00Z");
    assert_eq!(short(&renewed.mail().subject()), "API key renewed");
    assert_eq!(renewed.mail().header("X-Illumio-Monitor-Level"), "info");
}

#[test]
fn a_key_that_is_about_to_expire_is_told_while_the_pce_is_unreachable() {
    let mut world = World::new();
    world.set("api.key_expires", json!("2026-08-09"));
    world.pce.fault(Fault::status(503).retry_after(0));
    let run = world.run_at("10:00");
    let subject = run.mail().subject();
    assert!(
        subject.contains("PCE unreachable") && subject.contains("API key expires in 6 days"),
        "{subject}"
    );
}

#[test]
fn one_wrong_clock_tells_too_early_and_takes_no_warning_away() {
    let mut world = World::new();
    world.set("api.key_expires", json!("2026-08-30"));
    let begins = |run: &Run| short(&run.mail().subject());
    assert_eq!(begins(&world.run_at("10:00")), "API key expires in 27 days");
    world.pce.fault(Fault::date("2026-08-30T10:00:00Z"));
    assert!(begins(&world.run_at("10:10")).contains("has expired"));
    world.pce.heal();
    // The clock is doubted, then confirmed.
    assert_eq!(world.run_at("10:20").code, 75);
    let confirmed = world.run_at("10:21");
    assert_eq!((confirmed.code, confirmed.mails.len()), (0, 0));
    let run = world.run_at("2026-08-23T10:00:00Z");
    assert!(run.mail().subject().contains("API key expires in 7 days"));
    // Nor does one that is behind tell anything again.
    world.pce.fault(Fault::date("-100d 10:00"));
    assert_eq!(world.run_at("2026-08-23T10:10:00Z").mails.len(), 0);
    world.pce.heal();
    assert_eq!(world.run_at("2026-08-23T10:20:00Z").mails.len(), 0);
    assert_eq!(world.run_at("2026-08-23T10:30:00Z").mails.len(), 0);
}
