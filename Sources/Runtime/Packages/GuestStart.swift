import Kernel
import Packages

/// What a guest begins with: a module, and the options that are its own by then. A package's command adds to those that
/// were given; what was given counts.
struct GuestStart {
    let options: GuestOptions
    let binary: [UInt8]
    let packages: PackageSet

    /// - Parameter progress: told how far it is.
    init(_ given: GuestOptions, _ progress: LoadProgress?) throws(LaunchError) {
        switch try ModuleFile.load(given.module, progress) {
        case .module(let binary):
            guard given.entrypoint == nil else {
                let name = GuestText.short(given.module.description)
                throw LaunchError(
                    .notRunnable, "\(name): --entrypoint chooses a package's command, and this is a module")
            }
            options = given
            self.binary = binary
            packages = try PackageSet(nil, given.packages)
        case .package(let open):
            packages = try PackageSet(open, given.packages)
            let choice = try packages.entrypoint(given.entrypoint?.description, of: open)
            let (binary, name) = try choice.source.module(choice.command.atom.name)
            self.binary = binary
            options = Self.options(given, choice, module: name)
        }
    }

    private static func options(
        _ given: GuestOptions, _ choice: PackageSet.Choice, module: ByteString
    ) -> GuestOptions {
        var options = given
        let command = choice.command
        options.module = module
        options.programName = given.programName ?? ByteString(command.executableName ?? choice.name)
        options.arguments = command.arguments.map { ByteString($0) } + given.arguments
        options.environment = CommandMapping.environment(
            given.environment.map(\.bytes), adding: command.environment.map { Array($0.utf8) }
        ).map { ByteString($0) }
        options.workingDirectory = given.workingDirectory ?? command.workingDirectory.map { ByteString($0) }
        return options
    }
}
