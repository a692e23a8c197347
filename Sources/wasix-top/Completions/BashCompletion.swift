extension CompletionTree {
    /// For bash. The line comes split at `=` and `:` as well; such a word and the one after it belong to the one
    /// before.
    var bash: String {
        """
        # bash completion for wasix-top

        _wasix_top_names() { mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$word"); }

        # Of a list with commas the last word.
        _wasix_top_listed() {
            local before=
            [[ $word == *,* ]] && before=${word%,*},
            word=${word##*,}
            _wasix_top_names -P "$before" -W "$choices"
        }

        _wasix_top() {
            local word=${COMP_WORDS[COMP_CWORD]} command= value= choices= words= options= index=1
            COMPREPLY=()
            if ((COMP_CWORD > 1)); then
                case ${COMP_WORDS[1]} in
                \(commands.map(\.name).joined(separator: " | "))) command=${COMP_WORDS[1]} index=2 ;;
                esac
            fi
            case $command in
        \(worded.map { "    \($0.name)) words=\(shellQuoted($0.words.joined(separator: " "))) ;;" }
            .joined(separator: "\n"))
            esac
            # Options before MODULE are ours, everything after it is the guest's.
            while ((index < COMP_CWORD)); do
                value=
                case $command${COMP_WORDS[index]} in
        \(valued(.directory).map { "        \($0)) value=-d ;;\n" } ?? "")\
        \(valued(.file).map { "        \($0)) value=-f ;;\n" } ?? "")\
        \(valued(.any).map { "        \($0)) value=none ;;\n" } ?? "")\
        \(lists.map { list in
            "        \(valued(.words(list)) ?? "")) value=-W choices=\(shellQuoted(list.joined(separator: " "))) ;;\n"
        }.joined())\
                \(commands.map { "\($0.name)-*" }.joined(separator: " | ")) | -*) ;;
                *) [[ $words ]] || { _wasix_top_names -f; return; } ;;
                esac
                index=$((index + 1))
                [[ $value ]] || continue
                if [[ ${COMP_WORDS[index]} == = ]]; then
                    ((index == COMP_CWORD)) && word=
                    index=$((index + 1))
                fi
                ((index < COMP_CWORD)) || break
                index=$((index + 1)) value=
                while [[ ${COMP_WORDS[index]} == [:=]* ]]; do index=$((index + 2)); done
            done
            if [[ $value ]]; then
                case $value in
                none) ;;
                -W) _wasix_top_listed ;;
                *) _wasix_top_names $value ;;
                esac
                return
            fi
            case $command in
        \(all.map { "    \($0.name.isEmpty ? "''" : $0.name)) options=\(shellQuoted(names($0))) ;;" }
            .joined(separator: "\n"))
            esac
            if [[ $word == -* ]]; then
                _wasix_top_names -W "$options"
                return
            fi
            [[ $command == '' && $index -eq 1 ]] && words=\(shellQuoted(commands.map(\.name).joined(separator: " ")))
            [[ $words ]] && _wasix_top_names -W "$words"
            case $command in
            \(all.filter(\.takesModule).map { $0.name.isEmpty ? "''" : $0.name }.joined(separator: " | ")))
                compopt -o plusdirs
        \(Self.moduleEndings.map { "        _wasix_top_names -f -X '!*.\($0)'" }.joined(separator: "\n"))
                ;;
            esac
        }

        complete -o filenames -F _wasix_top wasix-top

        """
    }

    /// The lists of words that options take.
    private var lists: [[String]] {
        let values = Set(all.flatMap(\.options).compactMap(\.value))
        return values.compactMap { if case .words(let list) = $0 { list } else { nil } }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    private func names(_ command: Command) -> String { command.options.flatMap(\.names).joined(separator: " ") }

    /// A shell pattern of all options that take such a value, each with its command's name in front.
    private func valued(_ value: Value) -> String? {
        let patterns = all.flatMap { command in
            command.options.filter { $0.value == value }.flatMap(\.names).map { command.name + $0 }
        }
        return patterns.isEmpty ? nil : patterns.joined(separator: " | ")
    }
}
