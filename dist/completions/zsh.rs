//! For zsh: a file in `$fpath`.

use crate::definitions::{Command, Value, with_value};

pub fn script(commands: &[Command]) -> String {
    let valued = with_value(commands);
    let words: Vec<String> = valued.iter().flat_map(|option| option.words()).collect();
    let mut out = format!(
        r#"#compdef illumio-monitor
# zsh completion for illumio-monitor, made from its command definitions.
_illumio_monitor() {{
    local at= word
    local -i i
    local -a commands options
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
        case $word in
            {valued}) ((i++)); continue ;;
        esac
        case "$at/$word" in
"#,
        valued = words.join("|"),
    );
    for command in commands.iter().filter(|command| !command.path.is_empty()) {
        let above = command.path[..command.path.len() - 1].join(" ");
        out +=
            &format!("            \"{above}/{}\") at=\"{}\" ;;\n", command.word(), command.name());
    }
    out += "        esac\n    done\n";
    for option in &valued {
        let act = match &option.value {
            Value::File => "_files".to_owned(),
            Value::OneOf(values) => format!("compadd -- {}", values.join(" ")),
            Value::None | Value::Free => "_message value".to_owned(),
        };
        out += &format!("    if compset -P '{}='; then {act}; return; fi\n", option.long);
        out += &format!(
            "    case $words[CURRENT-1] in {}) {act}; return ;; esac\n",
            option.words().join("|")
        );
    }
    out += "    case $at in\n";
    for command in commands {
        out += &format!("        {})\n", quoted(&command.name()));
        let below = commands.iter().filter(|other| other.is_below(command));
        let below: Vec<String> =
            below.map(|other| quoted(&format!("{}:{}", other.word(), other.about))).collect();
        out += &format!("            commands=({})\n", below.join(" "));
        let options = command.options.iter().flat_map(|option| {
            let entry = |word: String| quoted(&format!("{word}:{}", option.about));
            option.words().into_iter().map(entry)
        });
        let options: Vec<String> = options.collect();
        out += &format!("            options=({})\n", options.join(" "));
        if command.files {
            out += "            _files\n";
        }
        out += "            ;;\n";
    }
    out += "    esac\n";
    out += "    (( $#commands )) && _describe command commands\n";
    out += "    _describe -o option options\n}\n";
    // Both ways to come here: loaded by compinit at the first TAB, or sourced.
    out += "if [ \"$funcstack[1]\" = \"_illumio-monitor\" ]; then _illumio_monitor \"$@\"; ";
    out += "else compdef _illumio_monitor illumio-monitor; fi\n";
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
