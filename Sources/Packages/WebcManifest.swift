/// The manifest in a `.webc` file (article Manifests).
enum WebcManifest {
    static func package(
        _ manifest: ManifestValue, atoms: [String: PackageFile], _ volumes: [String: PackageVolume],
        _ version: WebcVersion
    ) throws(PackageFailure) -> Package {
        let manifest = try ManifestValue.table(manifest, "the manifest")
        let annotations = try ManifestValue.table(manifest["package"], "package")
        let wapm = try ManifestValue.table(annotations["wapm"], "package.wapm")
        var package = Package(
            name: try ManifestValue.text(wapm["name"], "package.wapm.name"),
            entrypoint: try ManifestValue.text(manifest["entrypoint"], "entrypoint"), atoms: atoms, volumes: volumes)
        for (alias, value) in try ManifestValue.table(manifest["use"], "use") {
            package.dependencies[alias] = dependency(alias, value)
        }
        for (name, value) in try ManifestValue.table(manifest["commands"], "commands") {
            package.commands[name] = try command(name, value, of: package)
        }
        package.mounts = try mounts(annotations["fs"], version, hasAtomVolume: volumes["atom"] != nil)
        try package.check()
        return package
    }

    /// Mostly `namespace/name@version`; else a URL or a manifest, and its name is the one it has here.
    private static func dependency(_ alias: String, _ value: ManifestValue) -> PackageDependency {
        guard case .text(let text) = value, !text.contains("://") else { return PackageDependency(name: alias) }
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return PackageDependency(name: parts[0], version: parts.count > 1 ? parts[1] : nil)
    }

    private static func command(
        _ name: String, _ value: ManifestValue, of package: Package
    ) throws(PackageFailure) -> PackageCommand {
        let place = "commands.\(name)"
        let table = try ManifestValue.table(value, place)
        let annotations = try ManifestValue.table(table["annotations"], "\(place).annotations")
        let wasi = try ManifestValue.table(annotations["wasi"], "\(place).annotations.wasi")
        let atom = try ManifestValue.table(annotations["atom"], "\(place).annotations.atom")
        var reference = AtomReference(name: name)
        if let atomName = try ManifestValue.text(atom["name"], "\(place).annotations.atom.name") {
            reference = AtomReference(
                dependency: try ManifestValue.text(atom["dependency"], "\(place).annotations.atom.dependency"),
                name: atomName)
        } else if let text = try ManifestValue.text(wasi["atom"], "\(place).annotations.wasi.atom") {
            reference = AtomReference(text)
        } else if annotations.isEmpty, package.atoms[name] == nil, let first = package.atoms.keys.min() {
            // Old packages of many commands have one module for all and do not say so.
            reference = AtomReference(name: first)
        }
        var command = PackageCommand(
            runner: try ManifestValue.text(table["runner"], "\(place).runner") ?? "", atom: reference)
        try command.annotate(wasi, "\(place).annotations.wasi")
        return command
    }

    private static func mounts(
        _ value: ManifestValue?, _ version: WebcVersion, hasAtomVolume: Bool
    ) throws(PackageFailure) -> [PackageMount] {
        guard let value, value != .other else {
            // Version 2 has all files in one volume and need not say where that is.
            return version == .v2 && hasAtomVolume ? [PackageMount(volume: "atom", path: "/")] : []
        }
        guard case .list(let entries) = value else { throw PackageFailure("package.fs is no list") }
        var mounts: [PackageMount] = []
        for entry in entries {
            let table = try ManifestValue.table(entry, "an entry of package.fs")
            guard let volume = try ManifestValue.text(table["volume_name"], "package.fs.volume_name"),
                let path = try ManifestValue.text(table["mount_path"], "package.fs.mount_path")
            else { throw PackageFailure("an entry of package.fs names no volume or no place") }
            let part = try ManifestValue.text(table["host_path"] ?? table["original_path"], "package.fs.host_path")
            mounts.append(
                PackageMount(
                    dependency: try ManifestValue.text(table["from"], "package.fs.from"), volume: volume,
                    subdirectory: try PackagePath.components(part ?? "/"), path: try PackagePath.absolute(path)))
        }
        return mounts
    }
}
