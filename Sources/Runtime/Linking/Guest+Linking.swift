import Kernel
import WasixABI
import WasmEngine

/// Finding the modules that a program needs before it begins.
extension Guest {
    /// - Returns: nil for a program that is one module.
    static func linking(
        _ module: GuestModule, _ options: GuestOptions, _ image: ProgramImage, _ process: GuestProcess
    ) throws(LaunchError) -> GuestImage? {
        guard let library = module.library else { return nil }
        do throws(LinkFailure) {
            return try GuestImage(
                module, library, path: image.arguments.first ?? options.module.bytes,
                environment: image.environment, for: process, by: nil, turn: image.linkTurn)
        } catch {
            throw LaunchError(.notRunnable, "\(GuestText.short(options.module.description)): \(error.message)")
        }
    }
}

extension GuestProgram {
    /// As `Guest.linking`, for a program that a process runs later.
    static func linking(
        _ module: GuestModule, _ library: Library, _ file: ProgramFile, _ process: GuestProcess, _ thread: GuestThread,
        _ image: ProgramImage
    ) throws(Errno) -> GuestImage {
        do throws(LinkFailure) {
            return try GuestImage(
                module, library, path: file.path, environment: file.environment, for: process, by: thread,
                turn: image.linkTurn)
        } catch {
            throw [.nomem, .intr].contains(error.errno) ? error.errno : .noexec
        }
    }
}
