//! For bash, with or without the package bash-completion.

use crate::definitions::{Command, Value, with_value};

pub fn script(commands: &[Command]) -> String {
    let valued = with_value(commands);
    let words: Vec<String> = valued.iter().flat_map(|option| option.words()).collect();
    let mut out = format!(
        r#"# bash completion for illumio-monitor, made from its command definitions.
_illumio_monitor() {{
    local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD - 1]}}
    local path= word i
    # bash parts --key=value into three words.
    if [ "$cur" = "=" ]; then
        cur=
    elif [ "$prev" = "=" ]; then
        prev=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${{COMP_WORDS[i]}}
        case "$word" in
            {valued}) [ "${{COMP_WORDS[i + 1]}}" = "=" ] && ((i++)); ((i++)); continue ;;
        esac
        case "$path/$word" in
"#,
        valued = words.join("|"),
    );
    for command in commands.iter().filter(|command| !command.path.is_empty()) {
        let above = command.path[..command.path.len() - 1].join(" ");
        out += &format!(
            "            \"{above}/{}\") path=\"{}\" ;;\n",
            command.word(),
            command.name()
        );
    }
    out += "        esac\n    done\n    COMPREPLY=()\n    case \"$prev\" in\n";
    for option in &valued {
        let reply = match &option.value {
            Value::File => "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")".to_owned(),
            Value::OneOf(values) => {
                let values = values.join(" ");
                format!("mapfile -t COMPREPLY < <(compgen -W \"{values}\" -- \"$cur\")")
            }
            Value::None | Value::Free => String::new(),
        };
        let and = if reply.is_empty() { "" } else { "; " };
        out += &format!("        {}) {reply}{and}return ;;\n", option.words().join("|"));
    }
    out += "    esac\n    case \"$path\" in\n";
    for command in commands {
        let options = command.options.iter().flat_map(|option| option.words());
        let words: Vec<String> = command.commands.iter().cloned().chain(options).collect();
        let files = if command.files { "-f " } else { "" };
        out += &format!(
            "        \"{}\") mapfile -t COMPREPLY < <(compgen {files}-W \"{}\" -- \"$cur\") ;;\n",
            command.name(),
            words.join(" ")
        );
    }
    out += "    esac\n}\ncomplete -o filenames -F _illumio_monitor illumio-monitor\n";
    out
}
