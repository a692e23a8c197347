import Kernel
import WasixABI

/// Libraries without code: `libone.so` can be opened and is 2, with the symbol `one`.
final class LibraryRunner: GuestRunner {
    func canStart(_ entry: ThreadEntry) -> Bool { false }
    func start(_ thread: GuestThread, at entry: ThreadEntry) -> Bool { false }
    func deliver(_ signal: UInt8, to handler: [UInt8], on thread: GuestThread) -> Bool { false }
    func destroy(_ value: ThreadLocalValue, on thread: GuestThread) {}

    func openLibrary(_ request: LibraryRequest, on thread: GuestThread) throws(LinkFailure) -> UInt32 {
        switch request.name {
        case Array("libone.so".utf8): return 2
        case Array("libtext.so".utf8): throw LinkFailure(.noexec, "libtext.so: not a WebAssembly module")
        default: throw LinkFailure(.noent, "none: cannot open shared object file: No such file or directory")
        }
    }

    func address(of symbol: [UInt8], handle: UInt32, on thread: GuestThread) throws(LinkFailure) -> UInt64 {
        guard handle <= 2 else { throw LinkFailure(.inval, "invalid handle: \(handle)") }
        guard symbol == Array("one".utf8) else { throw LinkFailure(.inval, "undefined symbol: two") }
        return 77
    }

    func isLibrary(_ handle: UInt32) -> Bool { [1, 2].contains(handle) }
}
