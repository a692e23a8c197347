extension CompletionTree {
    /// For zsh, by `_arguments`, which with -A offers no options after the first word that is none.
    var zsh: String {
        """
        #compdef wasix-top

        _wasix_top_module() {
            local -i found=1
            if [[ $1 == first ]]; then
                local -a commands=(
        \(commands.map { "            \(shellQuoted("\($0.name):\($0.help)"))" }.joined(separator: "\n"))
                )
                _describe -t commands command commands && found=0
            fi
            _files -g '*.(\(Self.moduleEndings.joined(separator: "|")))(-.)' && found=0
            return found
        }

        _wasix_top() {
            local first=first command=
            if (( CURRENT > 2 )); then
                case $words[2] in
                \(commands.map(\.name).joined(separator: "|"))) command=$words[2] first= ;;
                esac
                if [[ -n $command ]]; then
                    shift words
                    (( CURRENT-- ))
                fi
                (( CURRENT > 2 )) && first=
            fi
            case $command in
        \(all.map(arguments).joined(separator: "\n"))
            esac
        }

        if [[ $funcstack[1] == _wasix-top ]]; then
            _wasix_top "$@"
        else
            compdef _wasix_top wasix-top
        fi

        """
    }

    private func arguments(_ command: Command) -> String {
        var specifications = command.options.map { "            \(specification($0))" }
        if command.takesModule {
            specifications.append("            \"1:module: _wasix_top_module $first\"")
            specifications.append("            '*:argument:_files'")
        } else if !command.words.isEmpty {
            specifications.append(
                "            \(shellQuoted("*:word:(\(command.words.joined(separator: " ")))"))")
        }
        return """
                \(command.name.isEmpty ? "''" : command.name))
                    _arguments -s -A '-*' : \\
            \(specifications.joined(separator: " \\\n"))
                    ;;
            """
    }

    /// `*` lets an option stand there several times.
    private func specification(_ option: Option) -> String {
        let help = option.help.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]")
            .replacing(":", with: "\\:")
        let action: String
        switch option.value {
        case nil: action = ""
        case .any: action = ":value: "
        case .file: action = ":file:_files"
        case .directory: action = ":directory:_files -/"
        case .words(let words): action = ":words:_sequence compadd - \(words.joined(separator: " "))"
        }
        return option.names.map { name in
            let separator = option.value == nil ? "" : name.hasPrefix("--") ? "=" : "+"
            return shellQuoted("*\(name)\(separator)[\(help)]\(action)")
        }.joined(separator: " ")
    }
}
