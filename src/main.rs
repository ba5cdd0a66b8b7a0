//! Command line → command → exit code.

// What prints by itself dies of a closed stream; `terminal` does not.
#![deny(clippy::print_stdout, clippy::print_stderr)]

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use illumio_monitor::commands::call::{Call, Screen};
use illumio_monitor::commands::cli::{self, Cli, Command, Parsed};
use illumio_monitor::commands::{check, history, import, pause, rules, status, versions, why};
use illumio_monitor::config::Env;
use illumio_monitor::cycle;
use illumio_monitor::exit::{Code, USAGE};
use illumio_monitor::host::log::Log;
use illumio_monitor::host::{log, process};
use illumio_monitor::lang::{Lang, cycle as say};
use illumio_monitor::menu::menu;
use illumio_monitor::screen::terminal;
use illumio_monitor::store::{self, StateUse};
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
        Parsed::Do(cli) => act(*cli, &env),
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
            let lang = store::screen_language(&config, env, lang);
            terminal::print(&import::seen_by_root_alone(lang));
        }
    };
    let as_root = process::Start {
        config: &config,
        executable: &executable,
        lang: lang.unwrap_or(ours),
        looks: matches!(cli.command, Some(Command::Check(_))),
        quiet: matches!(cli.command, Some(Command::Run(_))) && !io::stderr().is_terminal(),
    };
    if let Err(problems) = process::go_on_as_owner(as_root, parting) {
        terminal::complain(&problems);
        return Code::Config.exit();
    }
    let screen = Screen {
        progress: &terminal::progress,
        width: terminal::columns(),
        ask: terminal::is_attended().then_some(&terminal::ask),
        input: (!io::stdin().is_terminal()).then_some(&|| io::read_to_string(io::stdin())),
    };
    let call = || Call {
        config: &config,
        env,
        now: Timestamp::now(),
        random: process::random(),
        lang,
        program: &executable,
        screen,
    };
    let said = match &cli.command {
        None => return menu(&call),
        Some(Command::Run(options)) => return run(call(), options),
        Some(Command::Check(options)) => return check(&call(), options),
        Some(Command::TestMail(_)) => cycle::test_mail(&call()),
        Some(Command::Status(options)) => status::said(&call(), options),
        Some(Command::History(options)) => history::history(&call(), options),
        Some(Command::Rules(command)) => {
            rules::act(&call(), command, &|rule| cycle::rehearse(&call(), rule))
        }
        Some(Command::Pause(command)) => pause::act(&call(), command),
        Some(Command::Why(options)) => why::why(&call(), options),
        Some(Command::Config(command)) => versions::act(&call(), command),
        Some(Command::Import(command)) => import::import(&call(), command),
    };
    said.without(&store::secrets(&config, env)).tell(env)
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn run(call: Call<'_>, options: &cli::Run) -> u8 {
    let state_use = match options.reset_state {
        true => StateUse::Reset,
        false => StateUse::Keep,
    };
    let lang = call.screen_language();
    let outcome = cycle::run(call, state_use);
    // A person reads sentences; the line is for logs and programs.
    if options.log == Log::Stdout && io::stdout().is_terminal() {
        terminal::end_progress();
        terminal::complain(&outcome.problems);
        terminal::print(&outcome.sentences(lang));
    } else {
        log::tell(options.log, &outcome.to_string(), &outcome.problems);
    }
    outcome.code.exit()
}

/// Each group of findings is printed as soon as it is there.
fn check(call: &Call<'_>, options: &cli::Check) -> u8 {
    let plain = !call.env.shows_unicode();
    let findings = check::check(call, &mut |findings| {
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
