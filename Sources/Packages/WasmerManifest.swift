/// A `wasmer.toml`, which makes a directory of the host a package (article Manifests).
package enum WasmerManifest {
    package static let fileName = "wasmer.toml"

    package static func package(_ text: [UInt8]) throws(PackageFailure) -> Package {
        let manifest = try TomlReader.table(text)
        let about = try ManifestValue.table(manifest["package"], "[package]")
        var package = Package(
            name: try ManifestValue.text(about["name"], "package.name"),
            entrypoint: try ManifestValue.text(about["entrypoint"], "package.entrypoint"))
        for (name, version) in try ManifestValue.table(manifest["dependencies"], "[dependencies]") {
            package.dependencies[name] = PackageDependency(
                name: name, version: try ManifestValue.text(version, "dependencies.\(name)"))
        }
        for (place, directory) in try ManifestValue.table(manifest["fs"], "[fs]") {
            guard let directory = try ManifestValue.text(directory, "fs.\(place)") else {
                throw PackageFailure("fs.\(place) is no text")
            }
            let path = try PackagePath.absolute(place)
            guard !directory.hasPrefix("/") else {
                throw PackageFailure("[fs] names \(PackageFailure.quoted(directory)), which is outside of the package")
            }
            // Other packages know the volume by this name.
            let volume = try PackagePath.absolute(directory)
            package.volumes[volume] = .host(String(volume.dropFirst()))
            package.mounts.append(PackageMount(volume: volume, path: path))
        }
        let abis = try modules(manifest["module"], &package)
        try commands(manifest["command"], abis, &package)
        if package.entrypoint == nil, package.commands.count == 1 { package.entrypoint = package.commands.keys.first }
        try package.check()
        return package
    }

    /// - Returns: what kind of program each module is.
    private static func modules(
        _ value: ManifestValue?, _ package: inout Package
    ) throws(PackageFailure) -> [String: String] {
        var abis: [String: String] = [:]
        for table in try tables(value, "[[module]]") {
            guard let name = try ManifestValue.text(table["name"], "module.name"),
                let source = try ManifestValue.text(table["source"], "module.source"), !source.isEmpty
            else { throw PackageFailure("a [[module]] has no name or no source") }
            guard package.atoms.updateValue(.host(source), forKey: name) == nil else {
                throw PackageFailure("two modules have the name \(PackageFailure.quoted(name))")
            }
            abis[name] = try ManifestValue.text(table["abi"], "module.abi")
        }
        return abis
    }

    private static func commands(
        _ value: ManifestValue?, _ abis: [String: String], _ package: inout Package
    ) throws(PackageFailure) {
        for table in try tables(value, "[[command]]") {
            guard let name = try ManifestValue.text(table["name"], "command.name"),
                let module = try ManifestValue.text(table["module"], "command.module")
            else { throw PackageFailure("a [[command]] has no name or no module") }
            let place = "the command \(PackageFailure.quoted(name))"
            let atom = AtomReference(module)
            // Older manifests leave it to the module what runs it.
            let runner = try ManifestValue.text(table["runner"], "\(place): runner") ?? abis[atom.name] ?? "wasi"
            var command = PackageCommand(runner: self.runner(runner), atom: atom)
            if let words = try ManifestValue.text(table["main_args"], "\(place): main_args") {
                command.arguments = words.split(whereSeparator: \.isWhitespace).map(String.init)
            }
            let annotations = try ManifestValue.table(table["annotations"], "\(place): annotations")
            guard annotations["file"] == nil else {
                throw PackageFailure("\(place) has its annotations in a file, which is not supported")
            }
            let wasi = try ManifestValue.table(annotations["wasi"], "\(place): annotations.wasi")
            try command.annotate(wasi, "\(place): annotations.wasi")
            guard package.commands.updateValue(command, forKey: name) == nil else {
                throw PackageFailure("two commands have the name \(PackageFailure.quoted(name))")
            }
        }
    }

    private static func tables(
        _ value: ManifestValue?, _ place: String
    ) throws(PackageFailure) -> [[String: ManifestValue]] {
        guard let value else { return [] }
        guard case .list(let elements) = value else { throw PackageFailure("\(place) is no list of tables") }
        var tables: [[String: ManifestValue]] = []
        for element in elements { tables.append(try ManifestValue.table(element, "an entry of \(place)")) }
        return tables
    }

    /// A runner's short name stands for a URL.
    private static func runner(_ name: String) -> String {
        switch name {
        case "generic", "none": PackageCommand.runners + "wasi"
        case _ where name.contains("://"): name
        default: PackageCommand.runners + name
        }
    }
}
