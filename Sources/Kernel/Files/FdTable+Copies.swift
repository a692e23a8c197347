import Trace

/// What becomes of descriptors when a process forks and when it runs another program. Lock held for everything.
extension FdTable {
    /// Gives `child`, which is empty, the same numbers. Both stand for the same descriptions from then on (fork(2)).
    func copy(into child: FdTable) {
        assertLocked()
        for index in 0..<capacity {
            let entry = slots[index]
            guard let file = entry.file else { continue }
            child.place(
                file.takeUnretainedValue(), at: index, rights: entry.rights, inheriting: entry.inheriting,
                isCloseOnExec: entry.isCloseOnExec, preopenName: entry.preopenName)
        }
        child.takeCovered(of: self)
    }

    /// Closes what is not handed on to another program (execve(2)). Granted directories stay, however they are marked:
    /// without them the program's libc finds no files.
    func closeOnExecute() {
        assertLocked()
        for index in 0..<capacity
        where slots[index].file != nil && slots[index].isCloseOnExec && slots[index].preopenName == nil {
            close(FdNumber(rawValue: UInt32(index)))
        }
    }
}
