import Decode
import Model
import Terminal
import Trace

/// What a pane's content is made from: the state it shows and where the user is.
struct PaneContext {
    /// The live state, or the one kept when the display was frozen.
    let model: ModelState
    let view: ViewState
    let glyphs: Glyphs
    /// Columns inside the frame.
    let width: Int
    /// Rows inside the frame, header and footer included.
    let height: Int
    /// Of the highest descriptor number.
    let descriptorDigits: Int

    init(model: ModelState, view: ViewState, glyphs: Glyphs, width: Int, height: Int) {
        self.model = model
        self.view = view
        self.glyphs = glyphs
        self.width = width
        self.height = height
        let highest = model.descriptors.reduce(0) { max($0, $1.descriptor.fd.rawValue) }
        descriptorDigits = String(highest).count
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
        return CallFormatter(options: options) { names[$0] }
    }
}
