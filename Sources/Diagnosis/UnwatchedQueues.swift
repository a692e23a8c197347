import Model
import Trace

/// Descriptors with something to read that no interest list has and that no thread reads or polls: no fault by itself, because a
/// program may hold back on purpose, but worth a look when one asks why nothing happens.
package struct UnwatchedQueues: Sendable {
    package let rows: [DescriptorRow]

    package init(_ state: ExaminedState) {
        let graph = state.examination.graph
        let threads = graph.nodes.values.map(\.thread)
        // What a poll waits for is not known in each case.
        guard !threads.contains(where: { $0.call == .pollOneoff || $0.call == .pollOneoffUnstable }) else {
            rows = []
            return
        }
        let awaited = Set(threads.lazy.map(\.objects.0))
        rows = state.model.descriptors.filter { row in
            !row.mark.isClosed && Self.amount(row.descriptor) > 0 && row.inPerSecond == 0
                && row.descriptor.watchedBy.isEmpty && !awaited.contains(row.descriptor.object)
        }
    }

    /// What there is to read: bytes, connections, a count.
    private static func amount(_ descriptor: DescriptorSnapshot) -> UInt64 {
        switch (descriptor.kind, descriptor.detail) {
        case (.eventCounter, .counter(let value)): value
        case (.pipeRead, _), (.socketPair, _), (.tcp, _), (.tcpListener, _), (.udp, _), (.unixSocket, _),
            (.unixListener, _), (.unixDatagram, _):
            descriptor.queue?.used ?? 0
        default: 0
        }
    }

    /// `27 bytes unread`, `4 connections to accept`
    package static func text(_ row: DescriptorRow) -> String {
        QueueText.there(amount(row.descriptor), row.descriptor.kind)
    }
}
