import Synchronization

/// How far the loading of a guest is: written by the thread that loads, read by any.
package final class LoadProgress: Sendable {
    package enum Stage: Sendable {
        /// The module's file is read: bytes so far, of how many where that is known.
        case reading
        /// The module is compiled, or revived from the cache; the engine does not say how far it is.
        case compiling
    }

    package struct State: Sendable {
        package var stage = Stage.reading
        /// Bytes of the file read so far; 0 while compiling.
        package var bytes = 0
        /// Bytes of the file, nil when that is not known beforehand; while compiling, bytes of the module.
        package var totalBytes: Int?
    }

    private let current = Mutex(State())

    package init() {}

    package var state: State { current.withLock { $0 } }

    func begin(_ stage: Stage, of totalBytes: Int?) {
        current.withLock { $0 = State(stage: stage, bytes: 0, totalBytes: totalBytes) }
    }

    func add(_ bytes: Int) { current.withLock { $0.bytes += bytes } }
}
