import Decode
import Diagnosis
import Export
import Model
import Terminal
import Trace

/// What a pane's content is made from: the state it shows and where the user is.
struct PaneContext {
    /// The live state, or the one kept when the display was frozen.
    let model: ModelState
    /// What there is to say about it.
    let examination: Examination
    let view: ViewState
    let glyphs: Glyphs
    /// Columns inside the frame.
    let width: Int
    /// Rows inside the frame, header and footer included.
    let height: Int
    /// The width of the highest descriptor number.
    let descriptorDigits: Int
    /// A cache that is kept from frame to frame. It changes the time to draw, never the result.
    let memory: FilterMemory?
    private let numbers: DescriptorNumbers

    init(
        _ state: ExaminedState, view: ViewState, glyphs: Glyphs, width: Int, height: Int, memory: FilterMemory? = nil
    ) {
        let model = state.model
        self.memory = memory
        self.model = model
        examination = state.examination
        self.view = view
        self.glyphs = glyphs
        self.width = width
        self.height = height
        let highest = model.descriptors.reduce(0) { max($0, $1.descriptor.fd.rawValue) }
        descriptorDigits = String(highest).count
        numbers = DescriptorNumbers(model)
    }

    /// The lowest descriptor of an open file description; nil when none is left.
    func number(of object: ObjectID) -> FdNumber? { numbers.lowest[object] }

    /// What filters call the type of an open file description; empty when neither its name nor its kind is known.
    func types(of object: ObjectID, _ kind: ObjectKind? = nil) -> [String] {
        (model.names[object] ?? kind?.name).map { [FilterField.type(ofName: $0)] } ?? []
    }

    /// The filter results kept for the lines of a stream in this context; nil without a filter.
    func memory(_ pane: Pane, _ list: ListState, isWhole: Bool, range: Range<UInt64>) -> FilterMemory? {
        guard let memory, !list.filter.isEmpty else { return nil }
        memory.use(.init(pane: pane, filter: list.filter, isNarrow: width < 100 && !isWhole), range: range)
        return memory
    }

    func duration(_ nanoseconds: UInt64) -> String { ClockText.duration(nanoseconds, glyphs) }

    /// How long ago an instant of CLOCK_MONOTONIC is.
    func age(_ instant: UInt64) -> String { duration(ClockText.between(instant, model.now)) }

    var formatter: CallFormatter {
        var options = DecodeOptions()
        options.nameStyle = .short
        if width < 100 {
            options.stringLimit = 16
            options.elementLimit = 4
        }
        let names = model.names
        return CallFormatter(options: options) { names[$0, at: $1] }
    }
}

/// The descriptors of each description, looked up when somebody asks: of 10,000 rows a few are in view.
private final class DescriptorNumbers {
    private let model: ModelState

    init(_ model: ModelState) {
        self.model = model
    }

    lazy var lowest: [ObjectID: FdNumber] = Dictionary(
        model.descriptors.lazy.filter { !$0.mark.isClosed }.map { ($0.descriptor.object, $0.descriptor.fd) }
    ) { min($0, $1) }
}
