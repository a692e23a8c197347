import DequeModule

/// A bounded list that grows at its end and is dropped at its front, in shared blocks. Copying it costs one array of
/// blocks, appending to a copy at most one block.
package struct Scrollback<Element: Sendable>: Sendable {
    private static var blockSize: Int { 256 }

    private var blocks = Deque<[Element]>()
    private var tail: [Element] = []
    /// Number of the oldest element that is kept, counted from 0 over everything ever appended.
    package private(set) var first = 0

    package init() {}

    package var count: Int { blocks.count * Self.blockSize + tail.count }
    package var isEmpty: Bool { count == 0 }
    /// The numbers of what is kept.
    package var range: Range<Int> { first..<(first + count) }

    /// The element with this number, which must be in `range`.
    package subscript(number: Int) -> Element {
        let index = number - first
        let block = index / Self.blockSize
        return block < blocks.count ? blocks[block][index % Self.blockSize] : tail[index - block * Self.blockSize]
    }

    package mutating func append(_ element: Element) {
        tail.append(element)
        guard tail.count == Self.blockSize else { return }
        blocks.append(tail)
        tail = []
        tail.reserveCapacity(Self.blockSize)
    }

    package var last: Element? { tail.last ?? blocks.last?.last }

    /// Takes the newest element away; there must be one.
    package mutating func removeLast() {
        if tail.isEmpty, let block = blocks.popLast() { tail = block }
        tail.removeLast()
    }

    /// Drops the oldest block.
    /// - Returns: what was in it; nil when only the newest block is left.
    package mutating func dropBlock() -> [Element]? {
        guard let block = blocks.popFirst() else { return nil }
        first += block.count
        return block
    }
}
