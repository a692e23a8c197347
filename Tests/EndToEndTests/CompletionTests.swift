import Foundation
import Testing

extension CommandForms {
    /// The scripts in the shells they are for: what a shell offers for a line.
    @Suite struct Completions {
        static let shells = ["bash", "zsh", "fish"].filter { shell in
            ["/bin/", "/usr/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + shell) }
        }

        /// A directory with `app.wasm`, `notes.txt` and `data/`, and the script.
        private func scratch(_ shell: String) throws -> Scratch {
            let scratch = try Scratch()
            _ = try scratch.write("", to: "app.wasm")
            _ = try scratch.write("", to: "notes.txt")
            try FileManager.default.createDirectory(atPath: scratch.file("data"), withIntermediateDirectories: true)
            let script = try Product.call(["--generate-completion-script", shell])
            #expect(script.status == 0 && script.errors == "")
            _ = try scratch.write(script.output, to: "script")
            return scratch
        }

        /// What `shell` offers when Tab is pressed at the end of `line`.
        private func offers(_ shell: String, _ line: String, _ scratch: Scratch) throws -> Set<String> {
            let words: [String]
            switch shell {
            case "bash":
                // As readline does it, which splits at = and : as well.
                let parts = line.replacing("=", with: " = ").replacing(":", with: " : ").split(
                    separator: " ", omittingEmptySubsequences: false)
                let list = (line.hasSuffix("=") ? parts.dropLast() : parts[...]).filter {
                    !$0.isEmpty || line.hasSuffix(" ")
                }
                let quoted = list.map { "'\($0)'" }.joined(separator: " ")
                words = [
                    "bash", "--norc", "-c",
                    "compopt() { :; }; . ./script; COMP_WORDS=(\(quoted)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                        + "_wasix_top; printf '%s\\n' \"${COMPREPLY[@]}\"",
                ]
            case "fish": words = ["fish", "--no-config", "-c", ". ./script; complete -C '\(line)'"]
            default: return try zshOffers(line, scratch)
            }
            var command = Command("/usr/bin/env", words)
            command.directory = scratch.path
            command.environment = ["HOME": scratch.path]
            let outcome = try command.run()
            #expect(outcome.errors == "", "\(shell): \(line)")
            // fish adds what it is after a tab.
            return Set(outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) })
        }

        /// zsh completes only where somebody types: in a terminal of its own (zpty), with what it would offer written down.
        private func zshOffers(_ line: String, _ scratch: Scratch) throws -> Set<String> {
            _ = try scratch.write(
                #"""
                PS1= PROMPT_EOL_MARK= LISTMAX=1000
                autoload -Uz compinit && compinit -u -D
                . ./script
                compadd() {
                    [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
                    local -a hits
                    builtin compadd -A hits "$@"
                    (( $#hits )) && print -rl -- $hits >>offers
                    builtin compadd "$@"
                }
                finished() { zle complete-word; print >done }
                zle -N finished
                bindkey '^I' finished
                print >ready
                """#, to: "setup")
            _ = try scratch.write(
                #"""
                zmodload zsh/zpty zsh/zselect
                until_there() { for i in {1..300}; do [[ -e $1 ]] && return; zpty -r -t z part; zselect -t 10; done }
                zpty z zsh -f -i
                zpty -w z '. ./setup'
                until_there ready
                zpty -w -n z "$1"$'\t'
                until_there done
                zpty -d z
                """#, to: "driver")
            var command = Command("/usr/bin/env", ["zsh", "-f", "driver", line])
            command.directory = scratch.path
            command.environment = ["HOME": scratch.path, "TERM": "vt100", "LC_ALL": "C.UTF-8"]
            _ = try command.run()
            defer { for name in ["offers", "ready", "done", "setup", "driver"] { unlink(scratch.file(name)) } }
            return Set((scratch.read("offers") ?? "").split(separator: "\n").map(String.init))
        }

        @Test(arguments: shells) func commandsAndModulesComeFirst(shell: String) throws {
            let scratch = try scratch(shell)
            let first = try offers(shell, "wasix-top ", scratch)
            #expect(first.isSuperset(of: ["run", "trace", "calls", "fields", "help", "app.wasm"]), "\(first)")
            #expect(!first.contains("notes.txt"))
            let begun = try offers(shell, "wasix-top tr", scratch)
            #expect(begun == ["trace"])
        }

        @Test(arguments: shells) func optionsAreTheCommandsOwn(shell: String) throws {
            let scratch = try scratch(shell)
            let inspector = try offers(shell, "wasix-top --", scratch)
            #expect(inspector.isSuperset(of: ["--ascii", "--dir", "--net"]), "\(inspector)")
            #expect(!inspector.contains("--timeout"))
            let run = try offers(shell, "wasix-top run --", scratch)
            #expect(run.isSuperset(of: ["--dir", "--stdin", "--timeout"]), "\(run)")
            #expect(!run.contains("--ascii"))
            let trace = try offers(shell, "wasix-top trace -", scratch)
            #expect(trace.isSuperset(of: ["-o", "-c", "-T"]), "\(trace)")
            let check = try offers(shell, "wasix-top check --", scratch)
            #expect(check.isSuperset(of: ["--deny", "--format", "--net", "--timeout"]), "\(check)")
        }

        @Test(arguments: shells) func valuesAreOfTheirKind(shell: String) throws {
            let scratch = try scratch(shell)
            let directory = try offers(shell, "wasix-top run --dir ", scratch)
            #expect(directory.map { $0.replacing("/", with: "") }.contains("data"), "\(directory)")
            #expect(!directory.contains("app.wasm"))
            let input = try offers(shell, "wasix-top run --stdin ", scratch)
            #expect(input.contains("notes.txt"), "\(input)")
            let module = try offers(shell, "wasix-top run --dir data ", scratch)
            #expect(module.contains("app.wasm") && !module.contains("notes.txt"), "\(module)")
        }

        @Test(arguments: shells) func namesOfLintsAreOffered(shell: String) throws {
            let scratch = try scratch(shell)
            let denied = try offers(shell, "wasix-top check --deny et", scratch)
            #expect(denied == ["et-not-drained"])
            let all = try offers(shell, "wasix-top check --warn ", scratch)
            #expect(all.isSuperset(of: ["all", "busy-poll", "fd-leak"]), "\(all)")
            #expect(!all.contains("app.wasm"))
            let explained = try offers(shell, "wasix-top lints busy-poll fd", scratch)
            #expect(explained == ["fd-leak"])
            let theme = try offers(shell, "wasix-top --theme l", scratch)
            #expect(theme == ["light"])
        }

        /// Of a list the last word is completed, what stands before it stays.
        @Test(arguments: shells) func listsOfLintsGoOn(shell: String) throws {
            let scratch = try scratch(shell)
            let second = try offers(shell, "wasix-top check --allow busy-poll,fd", scratch)
            #expect(second.map { $0.split(separator: ",").last } == ["fd-leak"], "\(second)")
            let assigned = try offers(shell, "wasix-top check --allow=gho", scratch)
            #expect(assigned.map { $0.split(separator: "=").last } == ["ghost-item"], "\(assigned)")
        }

        /// Everything after MODULE is the guest's.
        @Test(arguments: shells) func afterTheModuleFilesAreOffered(shell: String) throws {
            let scratch = try scratch(shell)
            let words = try offers(shell, "wasix-top run app.wasm n", scratch)
            #expect(words == ["notes.txt"])
            let options = try offers(shell, "wasix-top app.wasm --", scratch)
            #expect(options.allSatisfy { !$0.hasPrefix("--") }, "\(options)")
            let names = try offers(shell, "wasix-top app.wasm r", scratch)
            #expect(!names.contains("run"))
        }

        @Test func aShellThatIsNotKnownIsAUsageError() throws {
            for arguments in [["--generate-completion-script"], ["--generate-completion-script", "tcsh"]] {
                #expect(try Product.call(arguments).status == 64)
            }
        }

        @Test func theManualKnowsEveryCommand() throws {
            let description = try Product.call(["--experimental-dump-help"]).output
            for word in ["run", "trace", "check", "lints", "calls", "fields", "--timeout", "--deny", "--ascii", "-o"] {
                #expect(description.contains("\"\(word.drop { $0 == "-" })\""), "\(word)")
            }
            for command in ["run", "trace", "check", "lints", "calls", "fields"] {
                let help = try Product.call(["help", command])
                #expect(help.status == 0 && help.output.contains("wasix-top \(command)"))
                #expect(try Product.call([command, "--help"]).output == help.output)
            }
            #expect(try Product.call(["help"]).output == Product.call(["--help"]).output)
        }
    }
}
