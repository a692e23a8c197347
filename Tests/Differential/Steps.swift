/// Which steps of a walk are done: numbers from 1, in ascending order.
struct Steps: Equatable {
    var numbers: [Int]

    /// `1-20,35,40-41`
    var ranges: String {
        var parts: [String] = []
        var index = 0
        while index < numbers.count {
            var end = index
            while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
            parts.append(end == index ? "\(numbers[index])" : "\(numbers[index])-\(numbers[end])")
            index = end + 1
        }
        return parts.joined(separator: ",")
    }

    /// Without those after `last`.
    func upTo(_ last: Int) -> Steps { Steps(numbers: numbers.filter { $0 <= last }) }

    func without(_ range: Range<Int>) -> Steps {
        Steps(numbers: Array(numbers[..<range.lowerBound] + numbers[range.upperBound...]))
    }
}

extension Steps {
    /// The command line's form of `ranges`; nil when it is none.
    init?(ranges: String) {
        numbers = []
        for part in ranges.split(separator: ",") {
            let ends = part.split(separator: "-").map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                first > numbers.last ?? 0
            else { return nil }
            numbers += first...last
        }
    }
}
