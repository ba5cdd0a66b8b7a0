//! Command line → command → exit code.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use illumio_monitor::check;
use illumio_monitor::cli::{self, Cli, Command, Parsed};
use illumio_monitor::cycle::{self, Start};
use illumio_monitor::lang::{Lang, cycle as say};
use illumio_monitor::menu::{Place, menu};
use illumio_monitor::store::{self, Env, StateUse};
use illumio_monitor::visible::visible;
use illumio_monitor::{import, log, rule_command, status, table};
use jiff::Timestamp;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let env = Env::of_process();
    match cli::parse(&arguments, env.screen_language(None, None)) {
        Parsed::Do(cli) => act(cli, &env),
        Parsed::Help(text) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Parsed::Wrong(text) => {
            eprint!("{text}");
            ExitCode::from(cli::USAGE)
        }
    }
}

fn act(cli: Cli, env: &Env) -> ExitCode {
    if cli.version {
        println!("illumio-monitor {}", env!("CARGO_PKG_VERSION"));
        return ExitCode::SUCCESS;
    }
    let ours = env.screen_language(None, None);
    let wanted = cli
        .lang
        .as_deref()
        .map(|tag| Lang::from_tag(tag).ok_or(tag))
        .transpose();
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(tag) => return wrong(&say::unknown_language(ours, tag), ours),
    };
    let lang = wanted.unwrap_or(ours);
    let executable = executable();
    let config = store::locate(cli.config.as_deref(), env, &executable);
    let parting = || {
        if matches!(cli.command, Some(Command::Import(_))) {
            let lines = import::seen_by_root_alone(&import_of(&config, env, wanted));
            lines.iter().for_each(|line| println!("{}", visible(line)));
        }
    };
    if let Err(code) = go_on_as_owner(&config, lang, &executable, &parting) {
        return code;
    }
    let start = || Start {
        now: Timestamp::now(),
        random: random(),
        lang: wanted,
        state_use: StateUse::Keep,
        progress: &log::progress,
    };
    let Some(command) = cli.command else {
        return ExitCode::from(menu(Place {
            config: &config,
            env,
            executable: &executable,
            lang: wanted,
            start: &start,
        }));
    };
    let start = start();
    match command {
        Command::Run(run) => run_once(&config, env, &run, start),
        Command::Check(options) => check(&config, env, &options, start),
        Command::TestMail(_) => test_mail(&config, env, start),
        Command::Status(options) => status(&config, env, &options, start),
        Command::Rules(command) => rules(&config, env, wanted, &command),
        Command::Import(command) => take_over(&config, env, wanted, &command),
    }
}

fn run_once(config: &Path, env: &Env, run: &cli::Run, start: Start<'_>) -> ExitCode {
    let state_use = if run.reset_state {
        StateUse::Reset
    } else {
        StateUse::Keep
    };
    let outcome = cycle::run(config, env, Start { state_use, ..start });
    log::tell(run.log, &outcome.to_string(), &outcome.problems);
    ExitCode::from(outcome.code.exit())
}

fn test_mail(config: &Path, env: &Env, start: Start<'_>) -> ExitCode {
    let sent = cycle::test_mail(config, env, start);
    sent.lines
        .iter()
        .for_each(|line| println!("{}", visible(line)));
    let problems = sent.problems.iter().flat_map(|problem| problem.lines());
    problems.for_each(|line| eprintln!("{}", visible(line)));
    ExitCode::from(sent.code.exit())
}

/// Each group of findings is printed as soon as it is there.
fn check(config: &Path, env: &Env, options: &cli::Check, start: Start<'_>) -> ExitCode {
    let around = check::Around {
        env,
        now: start.now,
        lang: start.lang,
        program: &executable(),
    };
    let plain = !env.shows_unicode();
    let findings = check::check(config, around, &mut |findings| {
        if !options.json {
            let lines: Vec<String> = findings.iter().flat_map(|one| one.lines(plain)).collect();
            print_lines(&lines);
        }
    });
    if options.json {
        print_lines(&[check::json(&findings).to_string()]);
    }
    ExitCode::from(check::worst(&findings).exit())
}

fn status(config: &Path, env: &Env, options: &cli::Status, start: Start<'_>) -> ExitCode {
    let (status, lang) = status::status(config, env, options.max_age, start.now, start.lang);
    let line = if options.json {
        status.json(options.max_age, lang).to_string()
    } else {
        status.line(lang)
    };
    print_lines(&[line]);
    ExitCode::from(status.code.exit())
}

fn rules(config: &Path, env: &Env, lang: Option<Lang>, command: &cli::Rules) -> ExitCode {
    let around = rule_command::Around {
        config,
        env,
        now: Timestamp::now(),
        lang,
        width: table::terminal_width(),
        ask: (io::stdin().is_terminal() && io::stdout().is_terminal()).then_some(&ask),
        input: (!io::stdin().is_terminal()).then_some(&|| io::read_to_string(io::stdin())),
    };
    done(env, &rule_command::act(&around, command))
}

fn take_over(config: &Path, env: &Env, lang: Option<Lang>, command: &cli::Import) -> ExitCode {
    done(
        env,
        &import::import(&import_of(config, env, lang), &command.files),
    )
}

fn import_of<'a>(config: &'a Path, env: &'a Env, lang: Option<Lang>) -> import::Around<'a> {
    import::Around {
        config,
        env,
        now: Timestamp::now(),
        lang,
        root: Path::new("/"),
    }
}

/// A closed stream is no reason to fail.
fn print_lines(lines: &[String]) {
    for line in lines {
        let _ = writeln!(io::stdout(), "{}", visible(line));
    }
}

fn done(env: &Env, said: &rule_command::Said) -> ExitCode {
    print_lines(&said.lines);
    for line in said.problems.iter().flat_map(|problem| problem.lines()) {
        let _ = writeln!(io::stderr(), "{}", visible(line));
    }
    log::audit(env, &said.changes);
    ExitCode::from(said.exit)
}

/// Shows what it is about, and takes `y` alone for yes.
fn ask(lines: &[String], question: &str) -> bool {
    lines.iter().for_each(|line| println!("{}", visible(line)));
    print!("{question}");
    let mut answer = String::new();
    let read = io::stdout()
        .flush()
        .and_then(|()| io::stdin().read_line(&mut answer));
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "是")
}

/// Root goes on as the owner of the config's folder, so that it never locks the
/// service out of its own files. `parting` is done before, while it still is root.
fn go_on_as_owner(
    config: &Path,
    lang: Lang,
    executable: &Path,
    parting: &dyn Fn(),
) -> Result<(), ExitCode> {
    let resolved = store::resolve(config).unwrap_or_else(|_| config.to_owned());
    let owner = store::effective_uid().and_then(|euid| store::other_owner(&resolved, euid));
    let Some(owner) = owner else { return Ok(()) };
    eprintln!("{}", owner.text(lang));
    parting();
    let error = owner.execute_again(executable, std::env::args_os().skip(1));
    eprintln!("{}", say::cannot_go_on_as_owner(lang, error));
    Err(ExitCode::from(cycle::Code::Config.exit()))
}

fn wrong(text: &str, lang: Lang) -> ExitCode {
    eprint!("{text}\n\n{}", cli::usage(lang));
    ExitCode::from(cli::USAGE)
}

/// Where this program lies; as it was called where there is no `/proc` to say so.
fn executable() -> PathBuf {
    let called = || std::env::args_os().next().map(PathBuf::from);
    std::env::current_exe().unwrap_or_else(|_| called().unwrap_or_default())
}

/// For the Message-ID; its time makes it unique even without chance.
fn random() -> u64 {
    use ring::rand::SecureRandom;
    let mut bytes = [0; 8];
    let _ = ring::rand::SystemRandom::new().fill(&mut bytes);
    u64::from_ne_bytes(bytes)
}
