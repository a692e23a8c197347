import Kernel
import WasmEngine

/// Why a guest could not be started: one line for the user and the program's exit status.
package struct LaunchError: Error, Sendable, Equatable {
    /// Exit statuses of our own, as shells and `timeout` use them.
    package enum Status: Int32, Sendable {
        case failure = 125
        /// Not a module, or it needs what we do not have.
        case notRunnable = 126
        case notFound = 127
    }

    package let status: Status
    package let message: String

    package init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }
}

extension LaunchError {
    /// What the engine's words mean for the user.
    init(_ module: ByteString, _ error: EngineError, _ what: String? = nil) {
        let words = GuestText.short(error.message)
        let name = GuestText.short(module.description)
        if error.message.contains("legacy_exceptions") {
            self.init(
                .notRunnable, "\(name): it uses legacy exceptions: convert it with 'wasm-opt --translate-to-exnref'")
        } else if error.message.contains("Cannot allocate memory") {
            self.init(.failure, "\(name): the host has no room for the guest's memory (ulimit -v): \(words)")
        } else {
            self.init(.notRunnable, "\(name): \(what.map { $0 + ": " } ?? "")\(words)")
        }
    }
}
