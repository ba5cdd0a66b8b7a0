//! What starts the runs, and how often: crontabs and systemd timers, as far as this
//! user may read them. And whether the Python tool is still started beside it.

use std::path::Path;
use std::process::{Command, Stdio};

use super::cron::{Schedule, span_minutes, word};
use super::finding::Finding;
use super::runs::{Reads, runs};
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

/// What names the config in an environment.
const CONFIG_VARIABLE: &str = "ILLUMIO_MONITOR_CONFIG";

/// A line of a crontab.
struct Scheduled {
    /// The file and the line's number, or `crontab -l`.
    place: String,
    text: String,
    /// True where a user stands before the command.
    with_user: bool,
    /// The config that a line above it names.
    named: Option<String>,
    /// Its number, in this user's own crontab.
    own: Option<usize>,
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

/// What starts the runs on this very config already.
#[derive(Debug, PartialEq, Eq)]
pub enum Started {
    /// This does: a crontab's file and line, or a timer's file.
    By(String),
    /// A line of this user's crontab does.
    ByOwn(usize),
    /// A crontab's line may do so; which config it reads can't be told.
    Perhaps {
        /// Where it stands.
        place: String,
        /// As it stands there.
        line: String,
    },
}

/// What starts this program on this very config already; nothing that does, else what may.
pub fn started(place: Place<'_>) -> Option<Started> {
    let mut lines = crontab_lines(place.root);
    if place.own {
        lines.extend(own_crontab(&lines));
    }
    let mut perhaps = None;
    for line in &lines {
        match reads(line, place.config) {
            Some(Reads::It) => {
                return Some(
                    line.own.map_or_else(|| Started::By(line.place.clone()), Started::ByOwn),
                );
            }
            Some(Reads::Perhaps) if perhaps.is_none() => {
                let (place, text) = (line.place.clone(), line.text.trim().to_owned());
                perhaps = Some(Started::Perhaps { place, line: text });
            }
            _ => {}
        }
    }
    // The package's timer names no config.
    let timer = || timers(place.root).0.into_iter().map(|timer| Started::By(timer.place)).next();
    timer().filter(|_| at_home(place.program, place.config)).or(perhaps)
}

/// Whether what a line starts reads this config; `None` where it starts none of our runs.
fn reads(line: &Scheduled, config: &Path) -> Option<Reads> {
    let (_, command) = Schedule::of_cron(&line.text)?;
    let command = if line.with_user { word(command)?.1 } else { command };
    runs(command, line.named.as_deref()).iter().map(|run| run.reads(config)).max()
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
    (!runs(command, None).is_empty()).then(|| Starter {
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
    let (mut lines, mut named) = (Vec::new(), None);
    for (line, number) in text.lines().zip(1_usize..) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        if let Some((name, value)) = line.split_once('=')
            && name.trim() == CONFIG_VARIABLE
        {
            let value = value.trim();
            let bare = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
            named = Some(bare('"').or(bare('\'')).unwrap_or(value).to_owned());
        }
        lines.push(Scheduled {
            place: format!("{name}:{number}"),
            text: line.to_owned(),
            with_user,
            named: named.clone(),
            own: None,
        });
    }
    lines
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
    for line in &mut lines {
        let number = line.place.rsplit_once(':').and_then(|(_, number)| number.parse().ok());
        line.own = number;
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    /// What starts `/usr/bin/illumio-monitor` on this config, below a root with these files.
    fn found(config: &str, files: &[(&str, &str)]) -> Option<String> {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let (program, config) = (Path::new("/usr/bin/illumio-monitor"), Path::new(config));
        let place = Place { root: root.path(), own: false, program, config };
        let said = match started(place)? {
            Started::By(place) => place,
            Started::ByOwn(line) => format!("own {line}"),
            Started::Perhaps { place, .. } => format!("perhaps {place}"),
        };
        Some(said.replace(&root.path().display().to_string(), ""))
    }

    #[test]
    fn what_starts_this_config_is_an_active_line_or_an_enabled_timer() {
        const HOME: &str = "/var/lib/illumio-monitor/illumio_api_config.json";
        let packaged = include_str!("../../../dist/cron.d/illumio-monitor");
        let number = packaged.lines().count();
        let cron = "etc/cron.d/illumio-monitor";
        let told = Some(format!("/{cron}:{number}"));
        assert_eq!(found(HOME, &[(cron, packaged)]), told);
        assert_eq!(found("/srv/other.json", &[(cron, packaged)]), None);
        // One that is there and starts nothing.
        let silent = packaged.replace("*/10", "# */10");
        assert_eq!(found(HOME, &[(cron, &silent)]), None);

        let named =
            "ILLUMIO_MONITOR_CONFIG = \"/srv/m.json\"\n* * * * * root /x/illumio-monitor run\n";
        assert_eq!(found("/srv/m.json", &[("etc/crontab", named)]), Some("/etc/crontab:2".into()));
        assert_eq!(found("/x/illumio_api_config.json", &[("etc/crontab", named)]), None);
        // A name alone may be any program of that name.
        let by_name = [("etc/crontab", "* * * * * root illumio-monitor run\n")];
        assert_eq!(found(HOME, &by_name), Some("perhaps /etc/crontab:1".into()));

        let timer = ("etc/systemd/system/illumio-monitor.timer", "[Timer]\nOnCalendar=*:0/10\n");
        let wanted = ("etc/systemd/system/timers.target.wants/illumio-monitor.timer", "");
        assert_eq!(found(HOME, &[timer]), None);
        assert_eq!(found(HOME, &[timer, wanted]), Some(format!("/{}", timer.0)));
        assert_eq!(found("/srv/other.json", &[timer, wanted]), None);
    }
}
