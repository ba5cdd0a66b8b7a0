//! For fish.

use crate::definitions::{Command, Value, with_value};

pub fn script(commands: &[Command]) -> String {
    let words: Vec<String> =
        with_value(commands).iter().flat_map(|option| option.words()).collect();
    let mut out = format!(
        r#"# fish completion for illumio-monitor, made from its command definitions.
# True where the words before the cursor lead to this command.
function __illumio_monitor_at
    set -l at
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case {valued}
                set skip 1
                continue
        end
        switch "$at/$word"
"#,
        valued = words.join(" "),
    );
    for command in commands.iter().filter(|command| !command.path.is_empty()) {
        let above = command.path[..command.path.len() - 1].join(" ");
        out += &format!(
            "            case '{above}/{}'\n                set at {}\n",
            command.word(),
            command.path.join(" ")
        );
    }
    out += "        end\n    end\n    test \"$at\" = \"$argv\"\nend\n\n";
    for command in commands {
        let at = format!(
            "complete -c illumio-monitor -n {}",
            quoted(format!("__illumio_monitor_at {}", command.name()).trim_end())
        );
        if !command.files {
            out += &format!("{at} -f\n");
        }
        for below in commands.iter().filter(|other| other.is_below(command)) {
            out += &format!("{at} -a {} -d {}\n", below.word(), quoted(&below.about));
        }
        for option in &command.options {
            out += &format!("{at} -l {}", option.long.trim_start_matches('-'));
            if let Some(short) = option.short {
                out += &format!(" -s {short}");
            }
            out += &match &option.value {
                Value::None => String::new(),
                Value::File => " -r -F".to_owned(),
                Value::OneOf(values) => format!(" -x -a {}", quoted(&values.join(" "))),
                Value::Free => " -x".to_owned(),
            };
            out += &format!(" -d {}\n", quoted(&option.about));
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}
