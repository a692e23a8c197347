import Kernel
import Packages

/// The packages of a guest: its own first, if it is one, then those that were given with it. Where two have a command of
/// the same name, or files in the same place, the first counts.
struct PackageSet: Sendable {
    private struct Member: Sendable {
        let open: OpenPackage
        /// `namespace/name`, as far as it is known.
        let name: String?
    }

    /// A command and the package that has it.
    struct Choice: Sendable {
        let name: String
        let command: PackageCommand
        let package: OpenPackage
        /// The package that its module is of.
        let source: OpenPackage
    }

    private var members: [Member] = []

    /// - Parameter main: the guest's own; nil when the guest is a module.
    init(_ main: OpenPackage?, _ included: [IncludedPackage]) throws(LaunchError) {
        if let main { members.append(Member(open: main, name: main.package.name)) }
        for one in included {
            guard case .package(let open) = try ModuleFile.load(one.file, nil) else {
                throw LaunchError(.notRunnable, "\(GuestText.short(one.file.description)): no package")
            }
            let name = one.name?.description ?? open.package.name
            if let name, let other = members.first(where: { $0.name == name }) {
                throw open.failure("the package \(open.quoted(name)) is given twice, also as \(other.open.path)")
            }
            members.append(Member(open: open, name: name))
        }
        for member in members { try checkDependencies(of: member.open) }
    }

    private func checkDependencies(of open: OpenPackage) throws(LaunchError) {
        let missing = open.package.dependencies.sorted { $0.key < $1.key }.filter {
            dependency(of: open, $0.key) == nil
        }
        guard let first = missing.first?.value else { return }
        let names = missing.map { _, one in
            GuestText.short(one.name) + (one.version.map { " (\(GuestText.short($0)))" } ?? "")
        }
        throw open.failure(
            "it needs \(names.joined(separator: ", ")): give it with --include-webc \(GuestText.short(first.name))=FILE"
        )
    }

    private func dependency(of open: OpenPackage, _ alias: String) -> OpenPackage? {
        guard let wanted = open.package.dependencies[alias] else { return nil }
        return members.first { $0.name == wanted.name || $0.name == alias }?.open
    }

    /// What a package calls by a name: another package, or itself for none.
    private func package(_ alias: String?, of open: OpenPackage) throws(LaunchError) -> OpenPackage {
        guard let alias else { return open }
        guard let other = dependency(of: open, alias) else { throw open.failure("it needs \(open.quoted(alias))") }
        return other
    }

    // MARK: commands

    /// All that can be run, by their names.
    func commands() throws(LaunchError) -> [Choice] {
        var found: [String: Choice] = [:]
        for member in members {
            for (name, command) in member.open.package.commands where command.isRunnable && found[name] == nil {
                found[name] = try choice(name, command, member.open)
            }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    private func choice(
        _ name: String, _ command: PackageCommand, _ open: OpenPackage
    ) throws(LaunchError) -> Choice {
        let source = try package(command.atom.dependency, of: open)
        guard source.package.atoms[command.atom.name] != nil else {
            throw source.failure(
                "there is no module \(open.quoted(command.atom.name)), which the command \(open.quoted(name)) needs")
        }
        return Choice(name: name, command: command, package: open, source: source)
    }

    /// The command that runs.
    /// - Parameter wanted: nil for the one that the guest's own package, `main`, says.
    func entrypoint(_ wanted: String?, of main: OpenPackage) throws(LaunchError) -> Choice {
        let usual = wanted == nil ? try usualEntrypoint(of: main) : nil
        guard let name = wanted ?? usual else {
            throw main.failure("it has more than one command: choose with --entrypoint \(names())")
        }
        guard let member = members.first(where: { $0.open.package.commands[name] != nil }),
            let command = member.open.package.commands[name]
        else { throw main.failure("it has no command \(main.quoted(name)), but \(names())") }
        guard command.isRunnable else {
            throw main.failure(
                "the command \(main.quoted(name)) is for the runner \(main.quoted(command.runner)): only WASI's can be run"
            )
        }
        return try choice(name, command, member.open)
    }

    /// What the package says, or else the packages that it needs; else the only one there is.
    /// - Returns: nil when there are several.
    private func usualEntrypoint(of main: OpenPackage) throws(LaunchError) -> String? {
        if let name = main.package.entrypoint { return name }
        if main.package.commands.count == 1 { return main.package.commands.keys.first }
        guard main.package.commands.isEmpty else { return nil }
        for alias in main.package.dependencies.keys.sorted() {
            if let name = dependency(of: main, alias)?.package.entrypoint { return name }
        }
        throw main.failure("it has no command")
    }

    private func names() -> String {
        let names = Set(members.flatMap { $0.open.package.commands.keys }).sorted()
        return GuestText.short(names.joined(separator: ", "))
    }

    // MARK: files

    /// Volumes with their places, those that count last.
    func mounts() throws(LaunchError) -> [(mount: PackageMount, source: OpenPackage)] {
        var found: [(mount: PackageMount, source: OpenPackage)] = []
        for member in members.reversed() {
            for mount in member.open.package.mounts {
                found.append((mount, try package(mount.dependency, of: member.open)))
            }
        }
        return found
    }
}
