import Decode
import Diagnosis
import Export
import Model
import Terminal
import Trace
import WasixABI

/// The text of the event page.
struct EventDocument {
    /// Sections, by which the cursor knows its lines.
    private enum Section: Int { case objects, causes, effects, passedOver, neighbours, thread }

    /// Bytes in a row of a dump, and rows that are shown of one buffer.
    private static let dumpRow = 16
    private static let mostDumpRows = 64

    private let context: PaneContext
    private let entry: TraceEntry
    private let entries: EntryText
    private let links: CauseLinks

    init(_ context: PaneContext, _ entry: TraceEntry) {
        self.context = context
        self.entry = entry
        entries = EntryText(context)
        links = CauseLinks(context.model.trace)
    }

    func rows() -> DocumentRows {
        var document = DocumentRows()
        entry.withPayload { payload in
            for line in call(payload) { document.add(line) }
            guard let fields = CallFields(entry.record, payload: payload) else { return }
            document.add(outcome(fields))
            addLinks(to: &document)
            addStack(fields, to: &document)
            addObjects(fields, to: &document)
            addArguments(fields, to: &document)
        }
        return document
    }

    // MARK: the call

    private func call(_ payload: UnsafeRawBufferPointer) -> [StyledLine] {
        let text = context.formatter.text(entry.record, payload: payload)
        return StyledLine(text.line).wrapped(max(context.width - 2, 8), indent: 4).map { StyledLine(" ").adding($0) }
    }

    /// ` EAGAIN: Resource temporarily unavailable   at 02.810237 for 1.2 s, asleep for most of it`
    private func outcome(_ fields: CallFields) -> StyledLine {
        let time = context.model.time
        let record = entry.record
        var line = StyledLine(" T\(entry.thread.rawValue)", Style(.number))
        line.add(.faint, " at ")
        line.add(ClockText.exact(time.sinceStart(record.start)))
        line.add(.faint, " for ")
        line.add(context.duration(time.duration(of: record)))
        if record.flags & TraceRecord.Flags.waited != 0 { line.add(.faint, ", in which it slept") }
        switch fields.errno {
        case nil: line.add(.attention, "  cut off by the end of the process")
        case .success?: break
        case let errno?:
            line.add(errno.isSoft ? .softError : .hardError, "  \(errno.name)")
            line.add(.faint, ": " + errno.text)
        }
        return line
    }

    // MARK: what led to what

    private func addLinks(to document: inout DocumentRows) {
        add("What led to it", links.causes(of: entry), .causes, to: &document)
        add("What it led to", links.effects(of: entry), .effects, to: &document)
        add("Not reported, though it was there", links.passedOver(by: entry), .passedOver, to: &document)
    }

    private func add(
        _ title: String, _ found: [CauseLinks.Link], _ section: Section, to document: inout DocumentRows
    ) {
        guard !found.isEmpty else { return }
        document.addHeading(title, note: "Enter = that call")
        for (index, link) in found.enumerated() {
            var line = StyledLine(" ")
            line.add(EffectText.whole(link.change, instance: number(link.change.instance)))
            let other = link.entry.flatMap { context.model.trace[$0] }
            if let other, other.sequence != entry.sequence {
                line.add("  ")
                line.add(.faint, Self.preposition(section, link.change))
                line.add(.number, "T\(other.thread.rawValue) ")
                line.add(entries.brief(other))
            } else if other == nil, link.change.kind != .hostEdge, section != .passedOver {
                line.add(
                    .faint, section == .causes ? "  by a call that is not kept near by" : "  nobody was told so far")
            }
            let target = other.flatMap { $0.sequence == entry.sequence ? nil : DocumentRows.Target.event($0.sequence) }
            let spot = target.map { _ in RowID.spot(section: section.rawValue, index: index) }
            document.add(.init(line, spot: spot, thread: other?.thread, target: target))
        }
    }

    /// What stands before the other call.
    private static func preposition(_ section: Section, _ change: ReadinessChange) -> String {
        switch section {
        case .causes: "by "
        case .passedOver: "in "
        default: change.kind == .woke ? "from " : "told by "
        }
    }

    private func number(_ instance: UInt32) -> FdNumber? { context.number(of: ObjectID(rawValue: instance)) }

    // MARK: where in the code

    private func addStack(_ fields: CallFields, to document: inout DocumentRows) {
        let stack = fields.stack
        guard !stack.isEmpty else { return }
        document.addHeading("Stack of the call", note: "innermost first")
        for line in StackPane.lines(stack, context) { document.add(line) }
    }

    // MARK: descriptors

    private func addObjects(_ fields: CallFields, to document: inout DocumentRows) {
        document.addHeading("Where to go from here")
        for (index, argument) in fields.spec.arguments.enumerated() where argument.kind == .fd {
            guard let object = fields.object(index), let value = fields.value(index) else { continue }
            var line = StyledLine(" ")
            line.add(.faint, "\(argument.name) ")
            line.add(.number, "\(value)")
            if let name = context.model.names[object, at: entry.record.start] {
                line.add(.object, " \(Sanitizer.clean(name))")
            }
            line.add(.faint, "  as it is now")
            let spot = RowID.spot(section: Section.objects.rawValue, index: index)
            document.add(.init(line, spot: spot, target: .object(object)))
        }
        for (index, step) in [-1, 1].enumerated() {
            guard let number = EventPane.neighbour(of: entry, step: step, in: context.model.trace),
                let other = context.model.trace[number]
            else { continue }
            var line = StyledLine(step < 0 ? " before " : " after  ", Style(.faint))
            line.add(.number, "T\(other.thread.rawValue) ")
            line.add(entries.brief(other))
            line.add(.faint, step < 0 ? "  [ goes there" : "  ] goes there")
            let spot = RowID.spot(section: Section.neighbours.rawValue, index: index)
            document.add(.init(line, spot: spot, thread: other.thread, target: .sibling(number)))
        }
        var line = StyledLine(" T\(entry.thread.rawValue)", Style(.number))
        line.add(.faint, "  its stack, as it is now")
        document.add(
            .init(
                line, spot: .spot(section: Section.thread.rawValue, index: 0), thread: entry.thread,
                target: .stack(entry.thread)))
    }

    // MARK: arguments

    private func addArguments(_ fields: CallFields, to document: inout DocumentRows) {
        document.addHeading("Arguments")
        var options = DecodeOptions()
        options.stringLimit = Int.max
        options.isVerbose = true
        let width = fields.spec.arguments.reduce(4) { max($0, $1.name.count) }
        for (index, argument) in fields.spec.arguments.enumerated() {
            let value = fields.fieldValue(index, options: options)
            var line = StyledLine(" ")
            line.add(StyledLine(argument.name, Style(.faint)).fitted(width, .left, cut: context.glyphs.cut))
            line.add("  ")
            let raw = fields.value(index).map { "0x" + String($0, radix: 16) } ?? "not kept"
            line.add(StyledLine(raw, Style(.number)).fitted(12, .left, cut: context.glyphs.cut))
            line.add(" ")
            line.add(Sanitizer.clean(Self.brief(value)))
            for part in line.wrapped(max(context.width - 1, 8), indent: width + 16) { document.add(part) }
            for buffer in Self.buffers(value) { addDump(buffer, to: &document) }
        }
    }

    /// A value in a few words; bytes stand below it.
    private static func brief(_ value: FieldValue) -> String {
        switch value {
        case .unknown: "-"
        case .number(let number): String(number)
        case .signed(let number): String(number)
        case .bool(let flag): String(flag)
        case .constant(let name), .structure(let name): name
        case .flags(let names): names.isEmpty ? "0" : names.joined(separator: "|")
        case .name(let content): "\"" + String(decoding: content.bytes, as: UTF8.self) + "\""
        case .buffer(let content): size(content)
        case .fields(let fields): fields.map { "\($0.name)=\(brief($0.value))" }.joined(separator: "  ")
        case .list(let elements, let isCut):
            "[" + (elements.map(brief) + (isCut ? ["and more"] : [])).joined(separator: ", ") + "]"
        }
    }

    /// `48 bytes of 64, the first 32 kept`
    private static func size(_ content: GuestContent) -> String {
        var text = NumberText.counted(Int(clamping: content.size), "byte")
        if let capacity = content.capacity, capacity != content.size { text += " of \(capacity)" }
        if content.isCut { text += ", the first \(content.bytes.count) kept" }
        return text
    }

    private static func buffers(_ value: FieldValue) -> [GuestContent] {
        switch value {
        case .buffer(let content): content.bytes.isEmpty ? [] : [content]
        case .list(let elements, _): elements.flatMap { buffers($0) }
        default: []
        }
    }

    /// `     0  47 45 54 20 2f ..  GET /`
    private func addDump(_ content: GuestContent, to document: inout DocumentRows) {
        let row = context.width >= 78 ? Self.dumpRow : Self.dumpRow / 2
        for start in stride(from: 0, to: min(content.bytes.count, row * Self.mostDumpRows), by: row) {
            let bytes = content.bytes[start..<min(start + row, content.bytes.count)]
            var line = StyledLine("  ")
            line.add(StyledLine(String(start, radix: 16), Style(.faint)).fitted(5, .right, cut: " "))
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
            line.add("  ")
            line.add(StyledLine(digits, Style(.number)).fitted(row * 3, .left, cut: context.glyphs.cut))
            line.add(" ")
            let letters = bytes.map { (0x20...0x7e).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            line.add(.title, letters)
            document.add(line)
        }
    }
}
