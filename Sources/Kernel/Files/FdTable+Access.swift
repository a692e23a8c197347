import Trace
import WasixABI

extension FdTable {
    /// The description behind `fd`, for a call that moves data. Lock held.
    /// - Throws: BADF when the number is not open or its rights leave out `right`; ISDIR for reading a directory; INVAL for an
    ///   epoll instance, which cannot be read or written at all.
    @inlinable @inline(__always)
    public func file(
        _ fd: FdNumber, _ thread: GuestThread, allowing right: Rights
    ) throws(Errno) -> Unmanaged<OpenFile> {
        guard let entry = slot(fd), let file = entry.pointee.file else { throw .badf }
        file._withUnsafeGuaranteedRef { thread.frame.pointee.touch($0.id) }
        guard entry.pointee.rights.contains(right) else { throw Self.refusal(file, right) }
        return file
    }

    @usableFromInline static func refusal(_ file: Unmanaged<OpenFile>, _ right: Rights) -> Errno {
        switch file._withUnsafeGuaranteedRef({ $0.kind }) {
        case .directory: right == .fdRead ? .isdir : .badf
        case .epoll: .inval
        default: .badf
        }
    }

    /// Moves the entry of `from` to the number `to`, which must be open and is closed first. Rights and the name of a
    /// granted directory move along. Lock held.
    public func move(_ from: FdNumber, onto to: FdNumber) throws(Errno) {
        guard let source = slot(from), slot(to) != nil else { throw .badf }
        guard from != to else { return }
        let name = source.pointee.preopenName
        let isCloseOnExec = source.pointee.isCloseOnExec
        try duplicate(from, onto: to)
        if let target = slot(to) {
            target.pointee.preopenName = name
            target.pointee.isCloseOnExec = isCloseOnExec
        }
        close(from)
    }
}
