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
