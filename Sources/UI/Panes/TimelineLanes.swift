import Diagnosis
import Terminal
import WasixABI

/// The lanes of a timeline as lines: a name, and a character for each column of time.
struct TimelineLanes {
    /// Columns of the names, with the bar behind them.
    static let nameWidth = 13

    let glyphs: Glyphs
    /// The column under the cursor, and the marked one; nil where there is none in sight.
    let cursor: Int?
    let marked: Int?

    /// What stands before a lane: a number that is known by sight, and a word.
    func name(_ short: String, _ rest: String) -> StyledLine {
        var line = StyledLine(" ")
        line.add(.number, short)
        if !rest.isEmpty { line.add(.faint, (short.isEmpty ? "" : " ") + rest) }
        var fitted = line.fitted(Self.nameWidth - 1, .left, cut: glyphs.cut)
        fitted.add(.frame, String(Character(glyphs.vertical)))
        return fitted
    }

    private func look(_ cell: ThreadTimeline.Cell) -> (Unicode.Scalar, Role) {
        switch cell {
        case .unknown: (" ", .faint)
        case .lost: (glyphs.gap, .gap)
        case .work: (glyphs.block, .good)
        case .call(let occupation): (LaneText.letter(occupation, glyphs), .call)
        case .wait(let occupation): (LaneText.letter(occupation, glyphs), LaneText.role(occupation))
        }
    }

    /// A thread's lane, without its name.
    func line(_ thread: ThreadTimeline) -> StyledLine { cells(thread.cells.map(look)) }

    /// The column under the cursor and the marked one stand out.
    private func cells(_ looks: [(Unicode.Scalar, Role)]) -> StyledLine {
        var line = StyledLine()
        for (column, look) in looks.enumerated() {
            let role: Role = column == cursor ? .cursor : column == marked ? .cursorElsewhere : look.1
            line.add(role, String(Character(look.0)))
        }
        return line
    }

    /// What became of a registration, a fact a line.
    func lines(_ item: ItemTimeline) -> [StyledLine] {
        let fd = item.item.item.fd.rawValue
        let idle = (glyphs.idle, Role.faint)
        let isEdge = item.item.item.mask.contains(.et)
        var lines: [StyledLine] = []
        if item.hasLevel {
            let from = item.peer.map { "fd \($0.rawValue) \(glyphs.to) \(fd)" } ?? "to fd \(fd)"
            let put = item.put.map { put -> (Unicode.Scalar, String)? in
                guard put > 0 else { return nil }
                return (glyphs.vertical, item.isCounter ? "+\(NumberText.short(put))" : "\(NumberText.short(put)) B")
            }
            lines.append(name("", from).adding(labelled(put, .object)))
            lines.append(name("", "fd \(fd) \(item.isCounter ? "count" : "queue")").adding(cells(queue(item))))
        }
        lines.append(
            name("", "fd \(fd) edges").adding(
                labelled(item.edges.map { $0 > 0 ? (glyphs.edge, "\($0)") : nil }, .attention)))
        lines.append(
            name("", "told (\(isEdge ? "ET" : "LT"))").adding(
                labelled(item.told.map { $0.map { (glyphs.told, $0 > 0 ? "\($0)" : "") } }, .good)))
        if isEdge {
            let level = item.told.indices.map { column -> (Unicode.Scalar, Role) in
                if item.told[column] != nil { return (glyphs.told, .good) }
                return item.untold[column] ? (glyphs.untold, .attention) : idle
            }
            lines.append(name("", "under LT").adding(cells(level)))
        }
        return lines
    }

    /// Blocks up to the most that was unread or counted; of an edge-triggered registration bytes that nobody will hear of stand out.
    private func queue(_ item: ItemTimeline) -> [(Unicode.Scalar, Role)] {
        let most = item.level.reduce(0) { max($0, $1 ?? 0) }
        let ramp = glyphs.ramp
        let unheard = item.unheard
        return item.level.indices.map { column in
            guard let level = item.level[column] else { return (" ", .faint) }
            guard level > 0 else { return (glyphs.idle, .faint) }
            let step = 1 + Int(Double(level) / Double(most) * Double(ramp.count - 2))
            return (ramp[min(step, ramp.count - 1)], unheard[column] ? .blocked : .text)
        }
    }

    /// Marks with a text behind each, where there is room before the next.
    private func labelled(_ marks: [(Unicode.Scalar, String)?], _ role: Role) -> StyledLine {
        var looks: [(Unicode.Scalar, Role)] = Array(repeating: (glyphs.idle, .faint), count: marks.count)
        for (column, mark) in marks.enumerated() {
            guard let mark else { continue }
            looks[column] = (mark.0, role)
            let text = Array(mark.1.unicodeScalars)
            let end = column + 1 + text.count
            guard end <= marks.count, marks[(column + 1)..<min(end + 1, marks.count)].allSatisfy({ $0 == nil }) else {
                continue
            }
            for (offset, scalar) in text.enumerated() { looks[column + 1 + offset] = (scalar, role) }
        }
        return cells(looks)
    }
}
