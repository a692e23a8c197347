/// `--generate-completion-script`.
enum CompletionScript {
    static let option = "--generate-completion-script"

    /// - Parameter arguments: what follows the option, or its joined value.
    static func text(for arguments: [String]) throws -> String {
        let tree = try CompletionTree()
        switch arguments {
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
