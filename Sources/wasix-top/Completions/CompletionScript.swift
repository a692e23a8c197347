/// `--generate-completion-script`.
enum CompletionScript {
    private static let option = "--generate-completion-script"

    /// The script that is asked for; nil when none is.
    static func text(_ arguments: [String]) throws -> String? {
        guard let first = arguments.first else { return nil }
        let shells: [String]
        if first == option {
            shells = Array(arguments.dropFirst())
        } else if first.hasPrefix(option + "=") {
            shells = [String(first.dropFirst(option.count + 1))] + arguments.dropFirst()
        } else {
            return nil
        }
        let tree = try CompletionTree()
        switch shells {
        case ["bash"]: return tree.bash
        case ["zsh"]: return tree.zsh
        case ["fish"]: return tree.fish
        default:
            throw Failure(
                "\(option) takes the name of a shell: bash, zsh or fish", hint: "Try 'wasix-top --help'.",
                status: ExitStatus.usage)
        }
    }
}

/// A text between single quotes in any of the three.
func shellQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
