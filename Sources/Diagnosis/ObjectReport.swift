import Model
import Trace
import WasixABI

/// What there is to say about one open file description: who holds it, what is at its other end, who watches it, who waits
/// for it, who could end a wait for it, and what was done with it lately.
package struct ObjectReport: Sendable {
    /// Its numbers, of all processes; none is open when it was closed.
    package let holders: [DescriptorRow]
    /// The other end of a pipe or a socket pair inside the program.
    package let peer: ObjectID?
    /// The numbers of that.
    package let peerHolders: [DescriptorRow]
    /// Registrations, with the instances that they belong to.
    package let watchers: [(instance: EpollRow, item: ItemRow)]
    /// Threads in a wait that it can end, the longest wait first.
    package let waiters: [ThreadID]
    /// Threads that have put something in that can be read here: they can end a wait for it.
    package let feeders: [ObjectUsers.Use]
    /// Threads that have taken out what was written here: they make room.
    package let takers: [ObjectUsers.Use]
    /// What is wrong with it.
    package let findings: [Finding]

    private let object: ObjectID

    package init(_ object: ObjectID, _ state: ExaminedState) {
        let (model, examination) = (state.model, state.examination)
        self.object = object
        let open = model.descriptors.filter { !$0.mark.isClosed }
        holders = open.filter { $0.descriptor.object == object }
        if case .channel(_, let peer) = holders.first?.descriptor.detail, peer != .none {
            self.peer = peer
        } else {
            peer = nil
        }
        let end = peer
        peerHolders = end == nil ? [] : open.filter { $0.descriptor.object == end }
        watchers = model.epolls.filter { !$0.mark.isClosed }.flatMap { instance in
            instance.items.filter { $0.id.object == object && !$0.mark.isClosed }.map { (instance, $0) }
        }
        let instances = Set(watchers.map { $0.instance.id })
        waiters = examination.graph.nodes.values.filter { node in
            let awaited = node.thread.objects.0
            return awaited == object || (node.thread.call == .epollWait && instances.contains(awaited))
                || node.sources.contains { $0.kind == .channel(object) }
        }.map(\.thread).sorted { ($0.blockedSince, $0.thread) < ($1.blockedSince, $1.thread) }.map(\.thread)
        // What is written to a socket is read by the rest of the world, which alone can end a wait for it.
        let isInside = end != nil || holders.first?.descriptor.kind == .eventCounter
        feeders = isInside ? examination.users.writers(of: end ?? object) : []
        takers = isInside ? examination.users.readers(of: end ?? object) : []
        findings = examination.findings.filter { $0.object(in: model) == object }
    }

    /// Calls that are looked through for the last changes.
    private static let reach: UInt64 = 4_000

    /// The last calls on it and those that changed what it is ready for, the oldest first: their numbers in the history.
    package func lastCalls(_ most: Int, in history: TraceHistory) -> [UInt64] {
        let links = CauseLinks(history)
        var found: [UInt64] = []
        for number in history.numbers(before: history.total, reach: Self.reach).reversed() {
            guard found.count < most else { break }
            guard let entry = history[number], entry.kind == .call else { continue }
            let isOwn = entry.record.objects.0 == object.rawValue || entry.record.objects.1 == object.rawValue
            if isOwn || links.changes(of: entry).contains(where: { $0.object == object.rawValue }) {
                found.append(number)
            }
        }
        return found.reversed()
    }
}
