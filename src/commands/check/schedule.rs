//! What starts the runs, and how often: crontabs and systemd timers, as far as this
//! user may read them. And whether the Python tool is still started beside it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::cron::{Schedule, span_minutes, word};
use super::finding::Finding;
use crate::commands::import::starts_the_old_tool;
use crate::host::cron_line::{at_home, cron_line};
use crate::host::crontab::{crontabs, files_in, read};
use crate::lang::{Lang, check as say};
use crate::rules::{Rule, Threshold};

/// Where systemd looks for units; what stands further up goes before
/// [systemd.unit(5)].
const UNITS: [&str; 4] =
    ["etc/systemd/system", "run/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];

/// More rules than these are not named one by one.
const NAMED_RULES: usize = 10;

/// A line of a crontab.
struct Scheduled {
    /// The file and the line's number, or `crontab -l`.
    place: String,
    text: String,
    /// True where a user stands before the command.
    with_user: bool,
}

/// Something that starts the runs.
#[derive(Debug, PartialEq, Eq)]
struct Starter {
    place: String,
    /// Minutes; `None` where the notation is not understood.
    interval: Option<u32>,
    /// For a crontab's line: it steps back where the timer is enabled.
    yields: bool,
}

/// Where to look, and for what.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// `/`.
    pub root: &'a Path,
    /// Whether `crontab -l` is asked too.
    pub own: bool,
    /// Where this program lies, for the line to add.
    pub program: &'a Path,
    /// Its config, for the same line.
    pub config: &'a Path,
}

/// Where this program is started on this very config already: `crontab -l:3`, or a timer.
pub fn started_at(place: Place<'_>) -> Option<String> {
    let mut lines = crontab_lines(place.root);
    if place.own {
        lines.extend(own_crontab(&lines));
    }
    let mut ours = lines.iter().filter(|line| starts_on(line, place.config));
    let line = ours.find_map(start_of).map(|start| start.place);
    // The package's timer names no config.
    let timer = || timers(place.root).0.into_iter().map(|timer| timer.place).next();
    line.or_else(|| timer().filter(|_| at_home(place.program, place.config)))
}

/// Whether what a line starts would read this config.
fn starts_on(line: &Scheduled, config: &Path) -> bool {
    let words =
        line.text.split_whitespace().map(|word| word.trim_matches(['"', '\'', ';', ')', '(']));
    let is_ours = |word: &&str| Path::new(word).file_name() == Some("illumio-monitor".as_ref());
    let words: Vec<&str> = words.skip_while(|word| !is_ours(word)).collect();
    let mut named = words.iter().skip_while(|word| !matches!(**word, "-c" | "--config")).skip(1);
    match (words.first(), named.next()) {
        (Some(_), Some(named)) => same_file(Path::new(named), config),
        (Some(program), None) => at_home(Path::new(program), config),
        (None, _) => false,
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    let resolved = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    resolved(one) == resolved(other)
}

/// Looks for what starts the runs, and for rules that such runs come too rarely for.
pub fn check_schedule(place: Place<'_>, rules: &[Rule], lang: Lang) -> Vec<Finding> {
    let root = place.root;
    let mut lines = crontab_lines(root);
    if place.own {
        lines.extend(own_crontab(&lines));
    }
    let mut findings = Vec::new();
    let mut starts: Vec<Starter> = lines.iter().filter_map(start_of).collect();
    let (timer, disabled) = timers(root);
    if !timer.is_empty() {
        starts.retain(|start| !start.yields);
    }
    starts.extend(timer);
    if starts.is_empty() {
        let (what, fix) = match disabled {
            Some(name) => (say::timer_disabled(lang, &name), say::timer_disabled_fix(lang, &name)),
            None => (
                say::nothing_starts_it(lang),
                say::nothing_starts_it_fix(lang, cron_line(place.program, place.config)),
            ),
        };
        findings.push(Finding::broken("schedule", what, fix));
    }
    let every = |start: &Starter| match start.interval {
        Some(minutes) => say::started_every(lang, minutes, &start.place),
        None => say::started_somehow(lang, &start.place),
    };
    if let [only] = starts.as_slice() {
        findings.push(Finding::good("schedule", every(only)));
    } else if !starts.is_empty() {
        let (what, fix) = (say::started_twice(lang), say::started_twice_fix(lang));
        let details = starts.iter().map(every);
        findings.push(Finding::remark("schedule", what, fix).with(details));
    }
    if let Some(interval) = starts.iter().filter_map(|start| start.interval).min() {
        findings.extend(too_short(rules, interval, lang));
    }
    findings.extend(old_tool(&lines, lang));
    findings
}

/// Windows and cooldowns that end before the next run.
fn too_short(rules: &[Rule], interval: u32, lang: Lang) -> Vec<Finding> {
    let on = || rules.iter().filter(|rule| rule.enabled);
    let named = |list: Vec<&Rule>| {
        let mut ids: Vec<String> =
            list.iter().take(NAMED_RULES).map(|rule| rule.id.to_string()).collect();
        if list.len() > NAMED_RULES {
            ids.push("…".to_owned());
        }
        ids.join(", ")
    };
    let windows: Vec<&Rule> = on()
        .filter(
            |rule| matches!(rule.threshold, Threshold::Count { window, .. } | Threshold::Below { window, .. } if window < interval),
        )
        .collect();
    let cooldowns: Vec<&Rule> = on()
        .filter(|rule| (1..interval).contains(&rule.cooldown_minutes))
        // One that follows from the window is told with the window.
        .filter(|rule| {
            !matches!(rule.threshold, Threshold::Count { window, .. } if window == rule.cooldown_minutes)
        })
        .collect();
    let mut findings = Vec::new();
    if !windows.is_empty() {
        let what = say::short_windows(lang, interval, named(windows));
        findings.push(Finding::remark(
            "rules.window",
            what,
            say::short_windows_fix(lang, interval),
        ));
    }
    if !cooldowns.is_empty() {
        let what = say::short_cooldowns(lang, interval, named(cooldowns));
        let fix = say::short_cooldowns_fix(lang, interval);
        findings.push(Finding::remark("rules.cooldown", what, fix));
    }
    findings
}

fn old_tool(lines: &[Scheduled], lang: Lang) -> Vec<Finding> {
    let starts_it = |line: &&Scheduled| starts_the_old_tool(&line.text);
    let told = lines.iter().filter(starts_it).map(|line| {
        let what = say::old_tool(lang, &line.place);
        Finding::remark("old_tool", what, say::old_tool_fix(lang, line.text.trim()))
    });
    told.collect()
}

/// The run that a line starts, if it starts one.
fn start_of(line: &Scheduled) -> Option<Starter> {
    let (schedule, command) = Schedule::of_cron(&line.text)?;
    let command = if line.with_user { word(command)?.1 } else { command };
    let mut words = command
        .split_whitespace()
        .map(|word| word.trim_matches([';', '"', '\'', ')', '(']))
        .skip_while(|word| Path::new(word).file_name() != Some("illumio-monitor".as_ref()));
    words.any(|word| word == "run").then(|| Starter {
        place: line.place.clone(),
        interval: schedule.longest_gap(),
        yields: command.contains("illumio-monitor.timer"),
    })
}

/// All lines of all readable crontabs, without comments.
fn crontab_lines(root: &Path) -> Vec<Scheduled> {
    let files = crontabs(root);
    let read = files.iter().filter_map(|(file, with_user)| {
        Some((file.display().to_string(), read(file)?, *with_user))
    });
    read.flat_map(|(name, text, with_user)| lines_of(&name, &text, with_user)).collect()
}

fn lines_of(name: &str, text: &str, with_user: bool) -> Vec<Scheduled> {
    let numbered = text.lines().zip(1_usize..);
    let lines = numbered.filter(|(line, _)| !line.trim_start().starts_with('#'));
    lines
        .map(|(line, number)| Scheduled {
            place: format!("{name}:{number}"),
            text: line.to_owned(),
            with_user,
        })
        .collect()
}

/// This user's own crontab, which only `crontab` itself may read. Lines that were
/// read from the spool already are not told twice.
fn own_crontab(known: &[Scheduled]) -> Vec<Scheduled> {
    let mut command = Command::new("crontab");
    command.arg("-l").stdin(Stdio::null()).stderr(Stdio::null());
    let text = match command.output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        _ => return Vec::new(),
    };
    let mut lines = lines_of("crontab -l", &text, false);
    lines.retain(|line| !known.iter().any(|known| known.text == line.text));
    lines
}

/// The enabled timers, and the name of one that is there and not enabled.
fn timers(root: &Path) -> (Vec<Starter>, Option<String>) {
    let (mut enabled, mut disabled) = (Vec::new(), None);
    let mut seen: Vec<String> = Vec::new();
    for file in UNITS.iter().flat_map(|folder| files_in(&root.join(folder))) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = name.into_owned();
        let ours = name.starts_with("illumio-monitor") && name.ends_with(".timer");
        if !ours || seen.contains(&name) {
            continue;
        }
        seen.push(name.clone());
        let link = Path::new("timers.target.wants").join(&name);
        let wanted =
            UNITS.iter().any(|folder| root.join(folder).join(&link).symlink_metadata().is_ok());
        if wanted {
            enabled.push(Starter {
                interval: timer_interval(root, &file, &name),
                place: file.display().to_string(),
                yields: false,
            });
        } else {
            disabled = Some(name);
        }
    }
    (enabled, disabled)
}

/// What the unit says, and what its drop-ins say after it; an empty value takes
/// back what was said [systemd.timer(5)].
fn timer_interval(root: &Path, file: &Path, name: &str) -> Option<u32> {
    let drop_ins =
        UNITS.iter().flat_map(|folder| files_in(&root.join(folder).join(format!("{name}.d"))));
    let files = std::iter::once(file.to_owned()).chain(drop_ins);
    let mut intervals = Vec::new();
    for text in files.filter_map(|file| read(&file)) {
        for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
            let value = value.trim();
            let interval = match key.trim() {
                "OnCalendar" => Schedule::of_calendar(value).and_then(|one| one.longest_gap()),
                "OnUnitActiveSec" | "OnUnitInactiveSec" => span_minutes(value),
                _ => continue,
            };
            if value.is_empty() {
                intervals.clear();
            } else {
                intervals.push(interval);
            }
        }
    }
    intervals.into_iter().flatten().min()
}
