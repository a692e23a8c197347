import WasixABI

/// Which calls to show, in strace's words (`-e`): `epoll_wait,fd_read`, `trace=%net,%epoll`, `!clock_time_get`,
/// `%file,!path_open`, `/^fd_`, `all`, `none`.
///
/// Elements are taken from left to right, `!` takes away; a list that begins with `!` takes away from all calls.
package struct CallSet: Sendable {
    /// What is wrong with an expression.
    package struct Problem: Error, Equatable {
        package let message: String
    }

    private var members: Set<CallID>

    package static let all = CallSet(members: Set(CallID.allCases))

    private init(members: Set<CallID>) { self.members = members }

    package func contains(_ call: CallID) -> Bool { members.contains(call) }

    package init(parsing expression: String) throws(Problem) {
        var list = expression[...]
        if let equals = expression.firstIndex(of: "=") {
            let qualifier = expression[..<equals]
            guard qualifier == "trace" || qualifier == "t" else {
                throw Problem(message: "'\(qualifier)=' is not supported, only 'trace='")
            }
            list = expression[expression.index(after: equals)...]
        }
        let elements = list.split(separator: ",", omittingEmptySubsequences: false)
        members = elements.first?.first == "!" ? Self.all.members : []
        for element in elements {
            let name = element.drop { $0 == "!" }
            guard element.count - name.count <= 1, !name.isEmpty else {
                throw Problem(message: "'\(expression)' has an empty element or a repeated '!'")
            }
            let calls = try Self.calls(named: name)
            if element.first == "!" { members.subtract(calls) } else { members.formUnion(calls) }
        }
    }

    private static func calls(named name: Substring) throws(Problem) -> Set<CallID> {
        if name.first == "/" { return try calls(matching: String(name.dropFirst())) }
        if name == "all" { return Self.all.members }
        if name == "none" { return [] }
        if name.first == "%" {
            guard let families = families[String(name.dropFirst())] else {
                throw Problem(message: "unknown family '\(name)'; there are \(familyList)")
            }
            return Set(CallTable.all.lazy.filter { families.contains($0.family) }.map(\.id))
        }
        // One name may stand for several forms of a call.
        let calls = Set(CallTable.all.lazy.filter { $0.name == name }.map(\.id))
        guard !calls.isEmpty else {
            throw Problem(message: "unknown call '\(name)'; 'wasix-top calls' lists them")
        }
        return calls
    }

    private static func calls(matching pattern: String) throws(Problem) -> Set<CallID> {
        let calls: Set<CallID>
        do {
            let regex = try Regex(pattern)
            calls = Set(CallTable.all.lazy.filter { $0.name.firstMatch(of: regex) != nil }.map(\.id))
        } catch {
            throw Problem(message: "'/\(pattern)' is no regular expression")
        }
        guard !calls.isEmpty else { throw Problem(message: "no call matches '/\(pattern)'") }
        return calls
    }

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

    private static var familyList: String {
        families.keys.sorted().map { "%" + $0 }.joined(separator: " ")
    }
}
