import Trace
import WasixABI

/// What is done to a child between its making and the start of its program (posix_spawn(3)).
public enum SpawnAction: Sendable {
    case close(FdNumber)
    case duplicate(FdNumber, onto: FdNumber)
    /// Opens a path as exactly this number.
    case open(FdNumber, path: [UInt8], OpenRequest)
    case changeDirectory([UInt8])
    case changeDirectoryTo(FdNumber)
}

extension GuestProcess {
    /// Applies the actions, in their order, to a child that has not started yet. No lock held.
    /// - Parameter thread: the parent's, whose call it is.
    /// - Throws: what the first one answers that fails; those after it are left out.
    func apply(_ actions: [SpawnAction], by thread: GuestThread) throws(Errno) {
        for action in actions { try apply(action, by: thread) }
    }

    private func apply(_ action: SpawnAction, by thread: GuestThread) throws(Errno) {
        switch action {
        case .close(let fd): closeUnlessGranted(fd)
        case .duplicate(let from, let to): try duplicate(from, onto: to)
        case .open(let fd, let path, let request): try open(path, request, as: fd, thread)
        case .changeDirectory(let path): try WorkingDirectory.change(to: path, self)
        case .changeDirectoryTo(let fd): try WorkingDirectory.change(to: try directory(fd), self)
        }
    }

    /// A number that is not open is no failure. A program that closes every descriptor it finds would cut off its child's
    /// libc (WasixABI.docc/ProcessCreation).
    private func closeUnlessGranted(_ fd: FdNumber) {
        kernel.locked {
            guard !isGranted(fd) else { return }
            descriptors.close(fd)
        }
    }

    /// As dup2(2), but a number onto itself is handed on to the program.
    private func duplicate(_ from: FdNumber, onto to: FdNumber) throws(Errno) {
        try kernel.locked { () throws(Errno) in
            guard let source = descriptors.slot(from) else { throw .badf }
            guard from != to else {
                source.pointee.isCloseOnExec = false
                return
            }
            try descriptors.duplicate(from, covering: to)
        }
    }

    /// Opens it as open(2) and moves it as dup2(2), which clears CLOEXEC, when it has not come to that number by itself.
    private func open(
        _ path: [UInt8], _ request: OpenRequest, as fd: FdNumber, _ thread: GuestThread
    ) throws(Errno) {
        try request.check()
        try GuestPath.check(path)
        let whole = kernel.locked { PathText.join(workingDirectory, path) }
        let made: FdNumber
        if let device = Device(whole) {
            made = try device.open(request, thread, in: self)
        } else {
            made = try GuestPath(absolute: whole, self).open(request, thread)
        }
        guard made != fd else { return }
        try kernel.locked { () throws(Errno) in
            defer { descriptors.close(made) }
            try descriptors.duplicate(made, covering: fd)
        }
    }

    /// The path by which a directory was opened.
    private func directory(_ fd: FdNumber) throws(Errno) -> [UInt8] {
        try kernel.locked { () throws(Errno) in
            guard let file = descriptors.slot(fd)?.pointee.file?.takeUnretainedValue() else { throw .badf }
            switch file {
            case let directory as HostDirectory: return directory.path
            case let directory as VirtualDirectory: return directory.path
            default: throw .notdir
            }
        }
    }

    /// A libc finds the granted directories by their numbers. Lock held.
    private func isGranted(_ fd: FdNumber) -> Bool { descriptors.slot(fd)?.pointee.preopenName != nil }
}
