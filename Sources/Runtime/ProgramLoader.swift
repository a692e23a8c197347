import Glibc
import Kernel
import WasixABI
import WasmEngine

/// Loads the programs that a guest's processes run, each file once: its compiled module is shared by all processes.
final class ProgramLoader: Sendable {
    private struct Program: Sendable {
        let module: GuestModule
        let symbols: GuestSymbols
    }

    let options: GuestOptions
    private let programs = SharedLoads<FileVersion, Program, LaunchError>.modules(mostKept: 64)

    init(_ options: GuestOptions) { self.options = options }

    /// Makes `file` ready to run; closes its descriptor. On `thread`, in a call.
    /// - Throws: NOEXEC for what is no module that can be run; what the host answers to reading it; INTR when the thread's
    ///   process ends.
    func load(_ file: ProgramFile, by thread: GuestThread) throws(Errno) -> (GuestModule, GuestSymbols) {
        let descriptor = HostDescriptor(file.hostFd)
        guard let version = FileVersion(file.hostFd) else { throw .io }
        let (path, options) = (ByteString(file.path), options)
        let answer = programs.value(version, for: thread) {
            Result { () throws(LaunchError) in
                let binary = try ModuleFile.load(open: descriptor.number, named: path)
                let module = try GuestModule(binary: binary, named: path, options: options)
                return Program(module: module, symbols: GuestSymbols(module: binary))
            }
        }
        switch answer {
        case nil: throw .intr
        case .failure(let error): throw error.status == .failure ? .nomem : .noexec
        case .success(let program): return (program.module, program.symbols)
        }
    }
}

extension SharedLoads {
    /// For compiled modules. They hold machine code, so that not all can be kept.
    static func modules(mostKept: Int) -> SharedLoads {
        SharedLoads(mostKept: mostKept, mostThreads: HostRoom.processors) { body in
            startHostThread(stackSize: HostRoom.loadingStack, body)
        }
    }
}
