extension CompletionTree {
    /// For fish.
    var fish: String {
        """
        # fish completion for wasix-top

        # The command that the line has so far, "inspector" without one, and then "guest" when a module follows it.
        function __wasix_top_place
            set -l words (commandline -opc)
            set -l command inspector
            set -e words[1]
            if contains -- "$words[1]" \(commands.map(\.name).joined(separator: " "))
                set command $words[1]
                set -e words[1]
            end
            while set -q words[1]
                switch $command$words[1]
                    case \(valued.joined(separator: " "))
                        set -e words[1]
                    case \(all.map { "'\(place($0))-*'" }.joined(separator: " "))
                    case '*'
                        if not contains -- $command \(worded.map(\.name).joined(separator: " "))
                            echo guest
                            return
                        end
                end
                set -e words[1]
            end
            echo $command
        end

        function __wasix_top_is_at
            contains -- (__wasix_top_place) $argv
        end

        function __wasix_top_is_first
            test (count (commandline -opc)) -eq 1
        end

        # Of a list with commas the last word.
        function __wasix_top_listed
            set -l token (string replace -r -- '^--[^=]*=' '' (commandline -ct))
            set -l before (string match -r -- '^.*,' $token)
            printf '%s\\n' "$before"$argv
        end

        function __wasix_top_modules
            set -l token (commandline -ct)
            set -l found \(Self.moduleEndings.map { "$token*." + $0 }.joined(separator: " ")) $token*/
            set -q found[1]; and printf '%s\\n' $found
        end

        complete -c wasix-top -f
        complete -c wasix-top -n '__wasix_top_is_at guest' -F
        complete -c wasix-top -n '__wasix_top_is_at \(all.filter(\.takesModule).map(place).joined(separator: " "))' \
        -ka '(__wasix_top_modules)'
        \(commands.map {
            "complete -c wasix-top -n __wasix_top_is_first -ka \($0.name) -d \(quoted($0.help))"
        }.joined(separator: "\n"))
        \(worded.map {
            "complete -c wasix-top -n '__wasix_top_is_at \($0.name)' -a \(shellQuoted($0.words.joined(separator: " ")))"
        }.joined(separator: "\n"))
        \(all.flatMap { command in command.options.map { line(command, $0) } }.joined(separator: "\n"))

        """
    }

    private func place(_ command: Command) -> String { command.name.isEmpty ? "inspector" : command.name }

    /// Options that take a value, each with its command's name in front.
    private var valued: [String] {
        all.flatMap { command in
            command.options.filter { $0.value != nil }.flatMap(\.names).map { place(command) + $0 }
        }
    }

    private func line(_ command: Command, _ option: Option) -> String {
        let names = option.names.map { name in
            if name.hasPrefix("--") { return "-l \(name.dropFirst(2))" }
            return name.count == 2 ? "-s \(name.dropFirst())" : "-o \(name.dropFirst())"
        }
        let value: String
        switch option.value {
        case nil: value = ""
        case .any: value = " -x"
        case .file: value = " -rF"
        case .directory: value = " -xa '(__fish_complete_directories)'"
        case .words(let words): value = " -xa '(__wasix_top_listed \(words.joined(separator: " ")))'"
        }
        return "complete -c wasix-top -n '__wasix_top_is_at \(place(command))' \(names.joined(separator: " "))\(value) "
            + "-d \(quoted(option.help))"
    }

    private func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
