import Kernel
import Trace
import WasixABI

/// The standard streams of a child that `proc_spawn` starts. A pipe has two numbers in the parent while the child is
/// made, which inherits both and gets its own end as one of 0, 1 and 2.
struct SpawnStreams {
    private static let null = Array("/dev/null".utf8)

    private let thread: GuestThread
    /// What gives the child its streams.
    private(set) var actions: [SpawnAction] = []
    /// The parent's ends, in the order of the streams; nil for what is not piped.
    private(set) var kept: [FdNumber?] = []
    /// The child's ends.
    private var lent: [FdNumber] = []

    init(_ thread: GuestThread) { self.thread = thread }

    /// Adds the next of standard input, output and errors.
    /// - Throws: INVAL for a mode that does not exist, MFILE.
    mutating func add(_ mode: StdioMode) throws(Errno) {
        let stream = FdNumber(rawValue: UInt32(kept.count))
        var ours: FdNumber?
        switch mode {
        case .piped:
            let (reader, writer) = try makePipe()
            let theirs = stream.rawValue == 0 ? reader : writer
            ours = stream.rawValue == 0 ? writer : reader
            lent.append(theirs)
            actions.append(.duplicate(theirs, onto: stream))
        case .inherit: break
        case .null, .log:
            // Nobody reads a log: what was written to it is gone (WasixABI.docc/ProcessCreation).
            let request = OpenRequest(
                oflags: [], fdflags: [], rights: .known, inheriting: [], followsLink: true, isCloseOnExec: false)
            actions.append(.open(stream, path: Self.null, request))
        default: throw .inval
        }
        kept.append(ours)
    }

    /// With numbers behind those of the streams, so that no stream is put where another one's pipe is; and with CLOEXEC,
    /// so that no child's program gets them.
    private func makePipe() throws(Errno) -> (reader: FdNumber, writer: FdNumber) {
        let descriptors = thread.descriptors
        return try thread.kernel.locked { () throws(Errno) in
            let (reader, writer) = PipeEnd.makePair(thread.kernel)
            reader.hold()
            writer.hold()
            defer {
                reader.release()
                writer.release()
            }
            let first = try descriptors.add(reader, isCloseOnExec: true, atLeast: 3)
            do throws(Errno) {
                return (first, try descriptors.add(writer, isCloseOnExec: true, atLeast: 3))
            } catch {
                descriptors.close(first)
                throw error
            }
        }
    }

    /// The child has its ends: closes the parent's numbers for them.
    func closeLent() { close(lent) }

    /// There is no child.
    func closeAll() { close(lent + kept.compactMap { $0 }) }

    private func close(_ numbers: [FdNumber]) {
        thread.kernel.locked {
            for number in numbers { thread.descriptors.close(number) }
        }
    }
}
