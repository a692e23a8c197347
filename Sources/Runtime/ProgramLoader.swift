import Glibc
import Kernel
import Synchronization
import WasixABI
import WasmEngine

/// Loads the programs that a guest's processes run, each file once: its compiled module is shared by all processes.
final class ProgramLoader: Sendable {
    /// Modules that are kept. They hold machine code; with more, all are forgotten.
    private static let mostKept = 64

    private struct Program: Sendable {
        let module: GuestModule
        let symbols: GuestSymbols
    }

    let options: GuestOptions
    private let kept = Mutex<[FileVersion: Program]>([:])

    init(_ options: GuestOptions) { self.options = options }

    /// Makes `file` ready to run; closes its descriptor.
    /// - Throws: NOEXEC for what is no module that can be run; what the host answers to reading it.
    func load(_ file: ProgramFile) throws(Errno) -> (GuestModule, GuestSymbols) {
        defer { close(file.hostFd) }
        guard let version = FileVersion(file.hostFd) else { throw .io }
        if let known = kept.withLock({ $0[version] }) { return (known.module, known.symbols) }
        let program: Program
        do throws(LaunchError) {
            let path = ByteString(file.path)
            let binary = try ModuleFile.load(open: file.hostFd, named: path)
            let module = try GuestModule(binary: binary, named: path, options: options)
            program = Program(module: module, symbols: GuestSymbols(module: binary))
        } catch {
            throw error.status == .failure ? .nomem : .noexec
        }
        kept.withLock {
            if $0.count >= Self.mostKept { $0.removeAll() }
            $0[version] = program
        }
        return (program.module, program.symbols)
    }
}
