/// Numbered lines, added at the end and dropped at the front, and filtered when they are read. No operation reads more
/// than `patience` lines, however long the stream is.
struct StreamRows {
    /// Most lines looked at to answer one question.
    static let patience = 200_000
    /// Most of them formatted, for filters and searches on text.
    static let formatted = 2_000
    /// Most of them held against a filter that needs no text.
    static let compared = 20_000

    let range: Range<UInt64>
    /// Columns at the left that stay when the others are scrolled.
    var fixedWidth = 0
    /// Cheap: does not format.
    let isIncluded: (UInt64) -> Bool
    let line: (UInt64) -> StyledLine
    /// Which of the included lines are shown; nil for all.
    let filter: LineFilter?
    /// Results of the filter, kept from before.
    var memory: FilterMemory?

    /// The last line before `number` that the filter lets pass; nil when none is found within `patience` and
    /// `formatted`.
    func last(before number: UInt64) -> UInt64? {
        var budget = Budget()
        var next = min(number, range.upperBound)
        while next > range.lowerBound {
            next -= 1
            if passes(next, &budget) { return next }
            if budget.isSpent { return nil }
        }
        return nil
    }

    /// The first line from `number` on that the filter lets pass; nil as for `last(before:)`.
    func first(from number: UInt64) -> UInt64? {
        var budget = Budget()
        var next = max(number, range.lowerBound)
        while next < range.upperBound {
            if passes(next, &budget) { return next }
            if budget.isSpent { return nil }
            next += 1
        }
        return nil
    }

    /// Up to `count` lines that end with `bottom`, oldest first.
    func window(endingAt bottom: UInt64, count: Int) -> [UInt64] {
        var budget = Budget()
        var found: [UInt64] = []
        var next = min(bottom, range.upperBound &- 1) &+ 1
        while next > range.lowerBound, found.count < count, !budget.isSpent {
            next -= 1
            if passes(next, &budget) { found.append(next) }
        }
        return found.reversed()
    }

    /// The lines in view, oldest first.
    func visible(_ list: ListState, height: Int) -> [UInt64] {
        guard !range.isEmpty, height > 0 else { return [] }
        let bottom = list.isFollowing ? range.upperBound - 1 : list.bottom ?? range.upperBound - 1
        return window(endingAt: bottom, count: height)
    }

    func settle(_ list: inout ListState, height: Int) {
        guard !range.isEmpty else { return }
        if list.isFollowing {
            list.bottom = last(before: range.upperBound)
            list.cursor = list.bottom.map { .number($0) }
        } else if let cursor = list.cursor?.number {
            place(nearest(cursor), &list, height: height)
        }
    }

    func move(_ list: inout ListState, _ movement: Movement, height: Int) {
        settle(&list, height: height)
        guard let cursor = list.cursor?.number else { return }
        switch movement {
        case .lines(let count): step(&list, from: cursor, count, height: height)
        case .pages(let count): step(&list, from: cursor, count * max(height - 1, 1), height: height)
        case .halfPages(let count): step(&list, from: cursor, count * max(height / 2, 1), height: height)
        case .first: place(first(from: range.lowerBound), &list, height: height)
        case .last:
            list.isFollowing = true
            settle(&list, height: height)
        }
    }

    /// The next line from the cursor whose text matches; the search wraps round at the ends. Where it gives up it
    /// leaves the cursor, so that the next search goes on from there.
    func find(_ matcher: TextMatcher, _ list: inout ListState, forward: Bool, height: Int) -> SearchOutcome {
        settle(&list, height: height)
        guard let start = list.cursor?.number, range.contains(start) else { return .notFound }
        let count = UInt64(range.count)
        var formatted = 0
        for step in 1...count {
            let distance = (start - range.lowerBound + (forward ? step : count - step)) % count
            let number = range.lowerBound + distance
            guard isIncluded(number) else { continue }
            formatted += 1
            if matcher.matches(line(number).text), filter?.passes(number) ?? true {
                place(number, &list, height: height)
                return (forward ? number <= start : number >= start) ? .wrapped : .found
            }
            if formatted == Self.formatted {
                place(nearest(number), &list, height: height)
                return .gaveUp(lines: formatted)
            }
        }
        return .notFound
    }

    private func step(_ list: inout ListState, from cursor: UInt64, _ count: Int, height: Int) {
        if list.isFollowing && count > 0 { return }
        var target = cursor
        for _ in 0..<abs(count) {
            guard let next = count > 0 ? first(from: target + 1) : last(before: target) else { break }
            target = next
        }
        place(target, &list, height: height)
    }

    /// The line itself, or one close to it when it has left.
    private func nearest(_ number: UInt64) -> UInt64? { first(from: number) ?? last(before: number) }

    private func place(_ number: UInt64?, _ list: inout ListState, height: Int) {
        guard let number else { return }
        list.isFollowing = false
        list.cursor = .number(number)
        let view = window(endingAt: max(list.bottom ?? number, number), count: height)
        guard let top = view.first, let bottom = view.last, number >= top else {
            list.bottom = end(from: number, count: height)
            return
        }
        list.bottom = view.count < height ? end(from: top, count: height) : bottom
    }

    /// The last of `count` lines that begin with `number`.
    private func end(from number: UInt64, count: Int) -> UInt64 {
        var end = number
        for _ in 1..<max(count, 1) {
            guard let next = first(from: end + 1) else { break }
            end = next
        }
        return end
    }

    private struct Budget {
        var lines = StreamRows.patience
        /// What is left of the time to ask the filter.
        var share = 1.0
        var isSpent: Bool { lines <= 0 || share <= 0 }
    }

    private func passes(_ number: UInt64, _ budget: inout Budget) -> Bool {
        budget.lines -= 1
        guard isIncluded(number) else { return false }
        guard let filter else { return true }
        if let known = memory?[number] { return known }
        budget.share -= 1 / Double(filter.needsText ? Self.formatted : Self.compared)
        let passes = filter.passes(number)
        memory?[number] = passes
        return passes
    }
}
