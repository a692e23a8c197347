import Kernel

/// A package that was given beside the guest's own.
package struct IncludedPackage: Sendable {
    /// The name by which others need it, where it does not say that itself.
    package var name: ByteString?
    /// Its path on the host.
    package var file: ByteString

    package init(name: ByteString? = nil, file: ByteString) {
        self.name = name
        self.file = file
    }
}
