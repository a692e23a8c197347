import Trace

/// One process in the order of a tree: each behind its parent.
package struct ProcessRow: Sendable {
    package var snapshot: ProcessSnapshot
    /// How many ancestors it has that are there.
    package var depth: Int
    /// Threads that have not ended.
    package var threads: [ThreadRow]
    /// Open descriptors.
    package var descriptors: Int

    package var id: ProcessID { snapshot.process }
}

extension ModelState {
    /// Parents before their children; processes whose parent is gone stand at the left.
    package var processTree: [ProcessRow] {
        let byParent = Dictionary(grouping: processes) { $0.isOrphan ? .none : $0.parent }
        let present = Set(processes.map(\.process))
        let owned = Dictionary(grouping: threads.filter { $0.thread.state != .ended }) { $0.thread.process }
        var open: [ProcessID: Int] = [:]
        for row in descriptors where !row.mark.isClosed { open[row.descriptor.process, default: 0] += 1 }
        var rows: [ProcessRow] = []
        func add(_ process: ProcessSnapshot, _ depth: Int) {
            rows.append(
                ProcessRow(
                    snapshot: process, depth: depth, threads: owned[process.process] ?? [],
                    descriptors: open[process.process] ?? 0))
            for child in byParent[process.process] ?? [] { add(child, depth + 1) }
        }
        for process in processes where process.isOrphan || !present.contains(process.parent) { add(process, 0) }
        return rows
    }
}
