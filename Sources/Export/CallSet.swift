import Diagnosis
import WasixABI

/// Which calls to show, in strace's words: `epoll_wait,fd_read`, `trace=%net,%epoll`, `!clock_time_get`,
/// `%file,!path_open`, `/^fd_`, `all`, `none`.
///
/// Elements are taken from left to right, `!` takes away; a list that begins with `!` takes away from all calls.
package struct CallSet: Sendable {
    /// Indexed by the raw value of the call.
    private var members: [Bool]

    package static let all = CallSet { _ in true }
    package static let none = CallSet { _ in false }

    /// The calls whose row of the table is so.
    init(where isMember: (CallSpec) -> Bool) { members = CallTable.all.map(isMember) }

    package func contains(_ call: CallID) -> Bool { members[Int(call.rawValue)] }

    func union(_ other: CallSet) -> CallSet { CallSet { contains($0.id) || other.contains($0.id) } }
    func intersection(_ other: CallSet) -> CallSet { CallSet { contains($0.id) && other.contains($0.id) } }
    var complement: CallSet { CallSet { !contains($0.id) } }

    package init(parsing expression: String) throws(FilterProblem) {
        var start = 0
        if let equals = expression.firstIndex(of: "=") {
            let qualifier = expression[..<equals]
            start = qualifier.count + 1
            guard qualifier == "trace" || qualifier == "t" else {
                throw FilterProblem("'\(qualifier)=' is not supported, only 'trace='", 0..<start)
            }
        }
        try self.init(list: expression.dropFirst(start), at: start)
    }

    /// - Parameter start: where the list begins in the text that a problem's range is about.
    init(list: Substring, at start: Int) throws(FilterProblem) {
        var start = start
        var set = list.first == "!" ? Self.all : Self.none
        for element in list.split(separator: ",", omittingEmptySubsequences: false) {
            let range = start..<start + element.count
            start = range.upperBound + 1
            let name = element.first == "!" ? element.dropFirst() : element
            guard !name.isEmpty, name.first != "!" else {
                throw FilterProblem(name.isEmpty ? "a call is missing" : "'!' stands twice", range)
            }
            let calls = try Self.calls(named: name, range.upperBound - name.count..<range.upperBound)
            set = element.first == "!" ? set.intersection(calls.complement) : set.union(calls)
        }
        self = set
    }

    private static func calls(named name: Substring, _ range: Range<Int>) throws(FilterProblem) -> CallSet {
        if name.first == "/" {
            // strace has no second slash.
            let pattern = name.dropFirst()
            let isClosed = pattern.count > 1 && pattern.last == "/" && !pattern.hasSuffix("\\/")
            return try calls(matching: isClosed ? pattern.dropLast() : pattern, range.lowerBound + 1)
        }
        if name == "all" { return .all }
        if name == "none" { return .none }
        if name.first == "%" {
            guard let families = families[String(name.dropFirst())] else {
                throw FilterProblem("unknown family '\(name)'; there are \(familyNames.joined(separator: " "))", range)
            }
            return CallSet { families.contains($0.family) }
        }
        // One name may stand for several forms of a call.
        guard names.contains(String(name)) else {
            let nearest = Spelling.nearest(to: String(name), among: names.sorted())
            throw FilterProblem(
                "unknown call '\(name)'; "
                    + (nearest.map { "did you mean '\($0)'?" } ?? "'wasix-top calls' lists them"), range)
        }
        return CallSet { $0.name == name }
    }

    private static func calls(matching pattern: Substring, _ start: Int) throws(FilterProblem) -> CallSet {
        let pattern = try TextPattern(pattern, at: start)
        let calls = CallSet { pattern.matches($0.name) }
        guard calls.members.contains(true) else {
            throw FilterProblem("no call matches '/\(pattern.text)'", start - 1..<start + pattern.text.count)
        }
        return calls
    }

    /// The names of all calls.
    static let names = Set(CallTable.all.map(\.name))

    /// The families of the call table by name, and strace's names for groups of them.
    private static let families: [String: Set<CallFamily>] = {
        var families = Dictionary(uniqueKeysWithValues: CallFamily.allCases.map { ($0.rawValue, Set([$0])) })
        families["file"] = [.path, .dir]
        families["desc"] = [.fd, .poll, .epoll, .event, .pipe]
        families["net"] = [.socket, .dns, .port]
        families["network"] = families["net"]
        families["process"] = [.process, .exec, .thread]
        return families
    }()

    /// `%epoll` and so on.
    static let familyNames = families.keys.sorted().map { "%" + $0 }
}
