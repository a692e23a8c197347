import Trace

/// The processes of a run, from their beginning until nobody can ask for them any more: one that has ended keeps its
/// number and its state. Lock held for everything: `Kernel.processes` asserts it.
///
/// The table does not own them: who runs a process does, and its end as an object takes it out.
final class ProcessTable {
    private var processes: [ProcessID: Unmanaged<GuestProcess>] = [:]
    private var last: UInt32 = 0

    /// The next number is `process`'s. The first is 1, the initial process's.
    func add(_ process: GuestProcess) -> ProcessID {
        last &+= 1
        let id = ProcessID(rawValue: last)
        processes[id] = .passUnretained(process)
        return id
    }

    func remove(_ id: ProcessID) { processes[id] = nil }

    subscript(id: ProcessID) -> GuestProcess? { processes[id]?.takeUnretainedValue() }
}
