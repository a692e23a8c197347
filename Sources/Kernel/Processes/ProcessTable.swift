import Trace

/// The processes of a run, from their beginning until nobody can ask for them any more: one that has ended keeps its
/// number and its state until it is joined. Lock held for everything: `Kernel.processes` asserts it.
///
/// The table does not own the processes: their parents and their threads do.
final class ProcessTable {
    private struct Entry {
        weak var process: GuestProcess?
    }

    private var processes: [ProcessID: Entry] = [:]
    private var last: UInt32 = 0

    /// Gives `process` the next number. The first is 1, the initial process's.
    func add(_ process: GuestProcess) -> ProcessID {
        last &+= 1
        let id = ProcessID(rawValue: last)
        processes[id] = Entry(process: process)
        return id
    }

    func remove(_ id: ProcessID) { processes[id] = nil }

    var count: Int { processes.count }
    /// In the order of their numbers.
    var all: [GuestProcess] {
        processes.values.compactMap(\.process).sorted { $0.id.rawValue < $1.id.rawValue }
    }

    subscript(id: ProcessID) -> GuestProcess? { processes[id]?.process }
}
