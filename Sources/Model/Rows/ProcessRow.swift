import Trace

/// One process in the order of a tree: each behind its parent.
package struct ProcessRow: Sendable {
    package var snapshot: ProcessSnapshot
    /// For each ancestor that is there and for itself, the first ancestor left out: whether another child of the same parent
    /// follows below.
    package var isFollowed: [Bool]
    /// Threads that have not ended.
    package var threads: [ThreadRow]
    /// Open descriptors.
    package var descriptors: Int

    package var id: ProcessID { snapshot.process }
    /// How many ancestors it has that are there.
    package var depth: Int { isFollowed.count }
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
        func add(_ process: ProcessSnapshot, _ isFollowed: [Bool]) {
            rows.append(
                ProcessRow(
                    snapshot: process, isFollowed: isFollowed, threads: owned[process.process] ?? [],
                    descriptors: open[process.process] ?? 0))
            let children = byParent[process.process] ?? []
            for (index, child) in children.enumerated() { add(child, isFollowed + [index + 1 < children.count]) }
        }
        for process in processes where process.isOrphan || !present.contains(process.parent) { add(process, []) }
        return rows
    }
}
