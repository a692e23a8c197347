extension Package {
    /// Whether what it says of itself fits together. What other packages have is looked at when they are there.
    func check() throws(PackageFailure) {
        for (name, command) in commands {
            let quoted = PackageFailure.quoted(name)
            guard VolumeReader.isName(Array(name.utf8)) else {
                throw PackageFailure("the command's name \(quoted) is not a single name")
            }
            if let dependency = command.atom.dependency {
                guard dependencies[dependency] != nil else {
                    throw PackageFailure(
                        "the command \(quoted) is of \(PackageFailure.quoted(dependency)), which is no dependency")
                }
            } else if command.isRunnable, atoms[command.atom.name] == nil {
                throw PackageFailure(
                    "the command \(quoted) needs the module \(PackageFailure.quoted(command.atom.name)), which is not there"
                )
            }
        }
        if let entrypoint, commands[entrypoint] == nil, dependencies.isEmpty {
            throw PackageFailure("the entry point \(PackageFailure.quoted(entrypoint)) is no command of the package")
        }
        var places: Set<String> = []
        for mount in mounts {
            guard places.insert(mount.path).inserted else {
                throw PackageFailure("two volumes have the same place, \(PackageFailure.quoted(mount.path))")
            }
            if let dependency = mount.dependency {
                guard dependencies[dependency] != nil else {
                    throw PackageFailure(
                        "a volume is of \(PackageFailure.quoted(dependency)), which is no dependency")
                }
            } else if volumes[mount.volume] == nil {
                throw PackageFailure("there is no volume \(PackageFailure.quoted(mount.volume))")
            }
        }
    }
}

extension AtomReference {
    /// `NAME`, or `DEPENDENCY:NAME`.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(dependency: parts.count > 1 ? parts[0] : nil, name: parts[parts.count - 1])
    }
}

extension PackageCommand {
    /// Takes over what a command's `wasi` annotation says.
    mutating func annotate(_ wasi: [String: ManifestValue], _ place: String) throws(PackageFailure) {
        arguments += try ManifestValue.texts(wasi["main-args"], "\(place).main-args")
        environment += try ManifestValue.texts(wasi["env"], "\(place).env").map { $0.contains("=") ? $0 : $0 + "=" }
        executableName = try ManifestValue.text(wasi["exec-name"], "\(place).exec-name")
        workingDirectory = try ManifestValue.text(wasi["cwd"], "\(place).cwd")
        guard environment.allSatisfy({ !$0.hasPrefix("=") }) else {
            throw PackageFailure("\(place).env has a variable without a name")
        }
    }
}

/// Paths in a manifest: of the guest's tree, or below a directory of the package.
enum PackagePath {
    /// The components of a path that does not climb; none for the root.
    static func components(_ path: String) throws(PackageFailure) -> [String] {
        let components = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard components.allSatisfy({ VolumeReader.isName(Array($0.utf8)) }) else {
            throw PackageFailure("the path \(PackageFailure.quoted(path)) leads out, or cannot be one")
        }
        return components
    }

    /// A place in the guest's tree; relative ones start from its root.
    static func absolute(_ path: String) throws(PackageFailure) -> String {
        guard !path.isEmpty else { throw PackageFailure("a volume's place has no name") }
        return "/" + (try components(path)).joined(separator: "/")
    }
}
