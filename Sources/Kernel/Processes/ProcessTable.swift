import Trace

/// The processes of a run, from their beginning until nobody can ask for them any more: one that has ended keeps its
/// number and its state. Lock held for everything: `Kernel.processes` asserts it.
///
/// The table does not own the processes: each takes itself out in its `deinit`.
final class ProcessTable {
    private var processes: [ProcessID: Unmanaged<GuestProcess>] = [:]
    private var last: UInt32 = 0

    /// Gives `process` the next number. The first is 1, the initial process's.
    func add(_ process: GuestProcess) -> ProcessID {
        last &+= 1
        let id = ProcessID(rawValue: last)
        processes[id] = .passUnretained(process)
        return id
    }

    func remove(_ id: ProcessID) { processes[id] = nil }

    subscript(id: ProcessID) -> GuestProcess? { processes[id]?.takeUnretainedValue() }
}
