import Diagnosis
import Model
import Terminal
import Trace

/// Two threads that wait for each other, as a drawing: the first at the top left, what it waits for at the top right,
/// below that the second, which ends the first one's wait, and at the bottom left what that one waits for.
struct CycleDrawing {
    /// Columns that it needs.
    private static let width = 70
    private static let left = 5
    private static let right = 40
    /// Parts of the bar that shows how full a queue is.
    private static let parts = 8

    private let context: PaneContext
    private let first: Side
    private let second: Side

    /// One thread, what it waits for and who could end that.
    private struct Side {
        let node: WaitGraph.Node
        let source: WaitGraph.Source
        let state: SourceState

        init?(_ thread: ThreadID, endedBy other: ThreadID, _ context: PaneContext) {
            guard let node = context.examination.graph.nodes[thread],
                let source = node.sources.first(where: { $0.wakers.contains(other) })
            else { return nil }
            self.node = node
            self.source = source
            state = SourceState(source, of: node, context.model)
        }

        var thread: String { "T\(node.thread.thread.rawValue)" }

        /// `fd 4 pipe#1 w`, `0x18d0`
        var name: String {
            if case .word(let address) = source.kind { return "0x" + String(address, radix: 16) }
            return Sanitizer.clean(source.name)
        }
    }

    /// Nil where the threads are no such circle, or where there is no room.
    init?(_ threads: [ThreadID], _ context: PaneContext) {
        guard threads.count == 2, context.width >= Self.width,
            let first = Side(threads[0], endedBy: threads[1], context),
            let second = Side(threads[1], endedBy: threads[0], context),
            context.examination.graph.cycles.contains(where: { Set($0) == Set(threads) }),
            Self.right - 3 >= second.name.count + WaitLines.call(second.node.thread).count + 10,
            Self.right - Self.left >= WaitLines.call(first.node.thread).count + 14
        else { return nil }
        self.context = context
        self.first = first
        self.second = second
    }

    var lines: [DocumentRows.Line] {
        let top = line(top, first)
        let bottom = line(bottom, second)
        return [DocumentRows.Line(StyledLine()), top] + sides.map { DocumentRows.Line($0) } + [
            bottom, DocumentRows.Line(StyledLine()),
        ]
    }

    private func line(_ text: StyledLine, _ side: Side) -> DocumentRows.Line {
        let thread = side.node.thread.thread
        let spot = RowID.spot(section: WhyDocument.Section.waits.rawValue, index: Int(thread.rawValue))
        return DocumentRows.Line(text, spot: spot, thread: thread, target: .stack(thread))
    }

    /// `     T2 ───── fd_write(4) ─────────▶ fd 4 pipe#1 w  ██████████ 65,536 FULL`
    private var top: StyledLine {
        var line = StyledLine(String(repeating: " ", count: Self.left))
        line.add(.number, first.thread + " ")
        line.add(.faint, dashes(5) + " ")
        line.add(.call, WaitLines.call(first.node.thread))
        line.add(" ")
        line.add(.faint, dashes(Self.right - 2 - line.width) + String(Character(context.glyphs.pointer)) + " ")
        line.add(.object, first.name)
        line.add("  ")
        let state = self.state(first.state)
        line.add(
            line.width + state.width <= context.width ? state : StyledLine(first.state.text, Style(first.state.tone)))
        return line
    }

    /// `   0x18d0 ◀──── futex_wait(0x18d0) ────── T3     5.2s`
    private var bottom: StyledLine {
        var line = StyledLine("   ")
        line.add(.object, second.name)
        line.add(.faint, " " + String(Character(context.glyphs.left)) + dashes(4) + " ")
        line.add(.call, WaitLines.call(second.node.thread))
        line.add(" ")
        line.add(.faint, dashes(Self.right + 1 - line.width) + " ")
        line.add(.number, second.thread)
        line.add(.blocked, "  " + context.age(second.node.thread.blockedSince))
        return line
    }

    /// The two lines down, what is known of them beside.
    private var sides: [StyledLine] {
        let down = line(of: first)
        let up = line(of: second)
        let known = [ending(first, by: second), ending(second, by: first)]
        return [
            row(
                String(Character(context.glyphs.up)),
                StyledLine(context.age(first.node.thread.blockedSince), Style(.blocked)), down, StyledLine()),
            row(up, known[1], down, known[0]),
            row(up, StyledLine(), String(Character(context.glyphs.down)), StyledLine()),
        ]
    }

    private func row(_ up: String, _ beside: StyledLine, _ down: String, _ besideDown: StyledLine) -> StyledLine {
        var line = StyledLine(String(repeating: " ", count: Self.left))
        line.add(.faint, up + " ")
        line.add(beside.width < Self.right - Self.left - 4 ? beside : StyledLine())
        line.pad(to: Self.right + 2)
        line.add(.faint, down + "  ")
        line.add(besideDown.fitted(max(context.width - line.width, 0), .left, cut: context.glyphs.cut))
        return line
    }

    /// `only T3 can end it`, `likely T2, now in submit_job`
    private func ending(_ side: Side, by other: Side) -> StyledLine {
        guard !side.source.isKnown else { return StyledLine("only \(other.thread) can end it", Style(.faint)) }
        let own = other.node.thread.stack.innermostOwn
        return StyledLine("likely \(other.thread)" + (own.map { ", now in \(Sanitizer.clean($0.function))" } ?? ""))
    }

    /// A guess is dotted.
    private func line(of side: Side) -> String {
        String(Character(side.source.isKnown ? context.glyphs.vertical : context.glyphs.dotted))
    }

    private func state(_ state: SourceState) -> StyledLine {
        var line = StyledLine()
        if let fill = state.fill, fill.capacity > 0 {
            let full = min(Int(fill.used &* UInt64(Self.parts) / fill.capacity), Self.parts)
            line.add(String(repeating: Character(context.glyphs.block), count: full), Style(state.tone))
            line.add(.faint, String(repeating: Character(context.glyphs.noBlock), count: Self.parts - full))
            line.add(.number, " " + NumberText.grouped(fill.used) + " ")
        }
        line.add(state.text, Style(state.tone))
        return line
    }

    private func dashes(_ count: Int) -> String {
        String(repeating: Character(context.glyphs.horizontal), count: max(count, 1))
    }
}
