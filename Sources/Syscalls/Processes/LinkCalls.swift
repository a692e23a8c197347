import Kernel
import WasixABI

/// Libraries that are loaded while a program runs (WasixABI.docc/DynamicLinking).
enum LinkCalls {
    static let bindings = [
        CallBinding(.dlopen, dlopen), CallBinding(.dlsym, dlsym), CallBinding(.dlInvalidHandle, dlInvalidHandle),
    ]

    /// Bytes of a path or of a list of directories (Linux: PATH_MAX), and of a symbol.
    private static let longestPath: UInt64 = 4096
    private static let longestSymbol: UInt64 = 64 << 10

    /// `dlopen(path, path_len, flags, err_buf, err_buf_len, ld_library_path, ld_library_path_len, ret_handle)`
    private static func dlopen(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(7), 4)
        let name = try text(0, call, thread, longest: longestPath)
        let path = try text(5, call, thread, longest: longestPath)
        // The program itself, as for dlopen(3).
        guard let name, !name.isEmpty else { return try thread.memory.store(LibraryHandle.main, at: call.pointer(7)) }
        let flags = DlFlags(rawValue: call.u32(2))
        let request = LibraryRequest(
            name: name, searchPath: path ?? [], isGlobal: flags.contains(.global), isKnownOnly: flags.contains(.noLoad))
        let handle = try telling(3, call, thread) { runner throws(LinkFailure) in
            try runner.openLibrary(request, on: thread)
        }
        try thread.memory.store(handle, at: call.pointer(7))
    }

    /// `dlsym(handle, symbol, symbol_len, err_buf, err_buf_len, ret_addr)`
    private static func dlsym(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(5), call.isWide ? 8 : 4)
        guard let symbol = try text(1, call, thread, longest: longestSymbol) else { throw .fault }
        let handle = call.u32(0)
        let address = try telling(3, call, thread) { runner throws(LinkFailure) in
            try runner.address(of: symbol, handle: handle, on: thread)
        }
        try thread.memory.storeSize(address, at: call.pointer(5), call)
    }

    /// `dl_invalid_handle(handle)`: what `dlclose` asks. Nothing is ever unloaded.
    private static func dlInvalidHandle(_ call: Call, _ thread: GuestThread) throws(Errno) {
        guard let runner = thread.image.runner, runner.isLibrary(call.u32(0)) else { throw .inval }
    }

    // MARK: details

    /// The text whose address is argument `index` and whose length is the next one; nil for a null pointer. It ends before a
    /// zero byte.
    private static func text(
        _ index: Int, _ call: Call, _ thread: GuestThread, longest: UInt64
    ) throws(Errno) -> [UInt8]? {
        guard call.pointer(index) != .null else { return nil }
        guard call.size(index + 1) <= longest else { throw .nametoolong }
        return Array(try thread.memory.bytes(call.pointer(index), call.size(index + 1)).prefix { $0 != 0 })
    }

    /// Leaves the reason of a failure, as a string that is cut off where it does not fit, in the buffer whose address is
    /// argument `index` and whose size is the next one.
    private static func telling<Result>(
        _ index: Int, _ call: Call, _ thread: GuestThread,
        _ body: (any GuestRunner) throws(LinkFailure) -> Result
    ) throws(Errno) -> Result {
        let room = call.size(index + 1)
        if room > 0 { _ = try thread.memory.range(call.pointer(index), room) }
        guard let runner = thread.image.runner else { throw .notsup }
        do throws(LinkFailure) {
            return try body(runner)
        } catch {
            if room > 0, !thread.mustLeave {
                let message = Array(error.message.utf8.prefix(Int(room) - 1)) + [0]
                try thread.memory.range(call.pointer(index), UInt64(message.count))
                    .copyMemory(from: message, byteCount: message.count)
            }
            throw error.errno
        }
    }
}
