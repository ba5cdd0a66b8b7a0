//! Command line → command → exit code.

// What prints by itself dies of a closed stream; `terminal` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::io::{self, IsTerminal};
use std::path::Path;
use std::process::ExitCode;

use illumio_monitor::commands::cli::{self, Cli, Command, Parsed};
use illumio_monitor::cycle::{self, Start};
use illumio_monitor::exit::{Code, USAGE};
use illumio_monitor::lang::{Lang, cycle as say};
use illumio_monitor::menu::{Place, menu};
use illumio_monitor::store::{self, Env, StateUse};
use illumio_monitor::{
    commands::check, commands::import, commands::rules, commands::status, host::log, host::process,
    screen::terminal,
};
use jiff::Timestamp;

fn main() -> ExitCode {
    process::survive_file_limit();
    process::settle_umask();
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let env = Env::of_process();
    let code = match cli::parse(&arguments, env.screen_language(None, None)) {
        Parsed::Do(cli) => act(cli, &env),
        Parsed::Help(text) => {
            terminal::print(&lines(&text));
            0
        }
        Parsed::Wrong(text) => {
            terminal::complain(&[text]);
            USAGE
        }
    };
    ExitCode::from(code)
}

fn act(cli: Cli, env: &Env) -> u8 {
    if cli.version {
        terminal::print(&[concat!("illumio-monitor ", env!("CARGO_PKG_VERSION")).to_owned()]);
        return 0;
    }
    let ours = env.screen_language(None, None);
    let tag = cli.lang.as_deref();
    let lang = tag.and_then(Lang::from_tag);
    if let (Some(tag), None) = (tag, lang) {
        let wrong = say::unknown_language(ours, tag);
        terminal::complain(&[wrong, "\n".to_owned(), cli::usage(ours)]);
        return USAGE;
    }
    let executable = process::executable();
    let config = store::locate(cli.config.as_deref(), env, &executable);
    let parting = || {
        if matches!(cli.command, Some(Command::Import(_))) {
            terminal::print(&import::seen_by_root_alone(&imports(&config, env, lang)));
        }
    };
    let screen = lang.unwrap_or(ours);
    let as_root = process::Start {
        config: &config,
        executable: &executable,
        lang: screen,
        looks: matches!(cli.command, Some(Command::Check(_))),
        quiet: matches!(cli.command, Some(Command::Run(_))) && !io::stderr().is_terminal(),
    };
    if let Err(problems) = process::go_on_as_owner(as_root, parting) {
        terminal::complain(&problems);
        return Code::Config.exit();
    }
    let secrets = || store::secrets(&config, env);
    let start = || Start {
        now: Timestamp::now(),
        random: process::random(),
        lang,
        state_use: StateUse::Keep,
        progress: &terminal::progress,
    };
    match cli.command {
        None => menu(Place { config: &config, env, executable: &executable, lang, start: &start }),
        Some(Command::Run(options)) => run(&config, env, &options, start()),
        Some(Command::Check(options)) => {
            let around = check::Around { env, now: Timestamp::now(), lang, program: &executable };
            check(&config, around, &options)
        }
        Some(Command::TestMail(_)) => {
            cycle::test_mail(&config, env, start()).without(&secrets()).tell(env)
        }
        Some(Command::Status(options)) => {
            status::said(&config, env, &options, Timestamp::now(), lang)
                .without(&secrets())
                .tell(env)
        }
        Some(Command::Rules(command)) => rules(&config, env, lang, &command),
        Some(Command::Import(command)) => {
            import::import(&imports(&config, env, lang), &command.files)
                .without(&secrets())
                .tell(env)
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn run(config: &Path, env: &Env, options: &cli::Run, start: Start<'_>) -> u8 {
    let state_use = match options.reset_state {
        true => StateUse::Reset,
        false => StateUse::Keep,
    };
    let outcome = cycle::run(config, env, Start { state_use, ..start });
    log::tell(options.log, &outcome.to_string(), &outcome.problems);
    outcome.code.exit()
}

/// Each group of findings is printed as soon as it is there.
fn check(config: &Path, around: check::Around<'_>, options: &cli::Check) -> u8 {
    let plain = !around.env.shows_unicode();
    let findings = check::check(config, around, &mut |findings| {
        if !options.json {
            let lines = findings.iter().flat_map(|finding| finding.lines(plain));
            terminal::print(&lines.collect::<Vec<_>>());
        }
    });
    if options.json {
        terminal::print(&[check::json(&findings).to_string()]);
    }
    check::worst(&findings).exit()
}

fn rules(config: &Path, env: &Env, lang: Option<Lang>, command: &cli::Rules) -> u8 {
    let around = rules::Around {
        config,
        env,
        now: Timestamp::now(),
        lang,
        width: terminal::columns(),
        ask: terminal::is_attended().then_some(&terminal::ask),
        input: (!io::stdin().is_terminal()).then_some(&|| io::read_to_string(io::stdin())),
    };
    let said = rules::act(&around, command);
    said.without(&store::secrets(config, env)).tell(env)
}

fn imports<'a>(config: &'a Path, env: &'a Env, lang: Option<Lang>) -> import::Around<'a> {
    import::Around { config, env, now: Timestamp::now(), lang, root: Path::new("/") }
}
