/// Limits on instances that watch each other: no circles, no long chains, and not too many paths along which one event
/// wakes (Linux: fs/eventpoll.c, ep_loop_check and reverse_path_check). Lock held. Checked only when an instance that
/// is watched, or watches another, gets a registration.
extension Epoll {
    /// A chain has at most this many links (Linux: EP_MAX_NESTS).
    private static let mostLinks = 4
    /// How many paths may lead from one description up to instances that nobody watches, by the number of links between
    /// the first instance of the path and its last. Paths without such a link are not limited (Linux: path_limits).
    private static let mostPaths = [0, 500, 100, 50, 10]

    /// Whether this instance may watch `inner`.
    func mayWatch(_ inner: Epoll) -> Bool {
        assertLocked()
        let visit = kernel.notifierTargets.nextID()
        let below = inner.linksBelow(0, avoiding: self, visit)
        return below <= Self.mostLinks && below + 1 + linksAbove(visit) <= Self.mostLinks
    }

    /// The number of links in the longest chain down from here; more than `mostLinks` when a chain leads to `target`,
    /// which would be a circle. `visit` marks the instances that this search has been to: each is searched once.
    private func linksBelow(_ depth: Int, avoiding target: Epoll, _ visit: UInt64) -> Int {
        guard self.visit != visit else { return visitDepth }
        self.visit = visit
        var longest = 0
        forEachItem { item in
            item.pointee.file._withUnsafeGuaranteedRef { file in
                guard longest <= Self.mostLinks, let inner = file.asEpoll else { return }
                let isTooLong = inner === target || depth > Self.mostLinks
                let length = isTooLong ? Self.mostLinks : inner.linksBelow(depth + 1, avoiding: target, visit)
                longest = max(longest, length + 1)
            }
        }
        visitDepth = longest
        return longest
    }

    /// The number of links in the longest chain up from here.
    private func linksAbove(_ visit: UInt64) -> Int {
        guard self.visit != visit else { return visitDepth }
        var longest = 0
        var current = watchers
        while let item = current {
            item.pointee.epoll._withUnsafeGuaranteedRef { longest = max(longest, $0.linksAbove(visit) + 1) }
            current = item.pointee.nextWatcher
        }
        self.visit = visit
        visitDepth = longest
        return longest
    }

    /// Whether few enough paths lead up from `file`, and from everything below it when it is an instance. Called when
    /// `file` is linked to its new registration, which counts.
    func hasFewPaths(to file: OpenFile) -> Bool {
        guard let inner = file.asEpoll else { return Self.hasFewPaths(from: file) }
        return inner.hasFewPathsBelow(kernel.notifierTargets.nextID())
    }

    private func hasFewPathsBelow(_ visit: UInt64) -> Bool {
        guard self.visit != visit else { return true }
        self.visit = visit
        var areFew = true
        forEachItem { item in
            guard areFew else { return }
            areFew = item.pointee.file._withUnsafeGuaranteedRef { file in
                file.asEpoll?.hasFewPathsBelow(visit) ?? Self.hasFewPaths(from: file)
            }
        }
        return areFew
    }

    private static func hasFewPaths(from file: OpenFile) -> Bool {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: mostPaths.count) { counts in
            counts.initialize(repeating: 0)
            return countPaths(file.watchers, 0, counts)
        }
    }

    /// Follows every path up from these registrations and counts them by length. False when there are too many.
    private static func countPaths(
        _ watchers: ItemPointer?, _ depth: Int, _ counts: UnsafeMutableBufferPointer<Int>
    ) -> Bool {
        guard depth <= mostLinks else { return false }
        var current = watchers
        while let item = current {
            let above = item.pointee.epoll._withUnsafeGuaranteedRef { $0.watchers }
            if above != nil {
                guard countPaths(above, depth + 1, counts) else { return false }
            } else if depth > 0 {
                counts[depth] += 1
                guard counts[depth] <= mostPaths[depth] else { return false }
            }
            current = item.pointee.nextWatcher
        }
        return true
    }
}
