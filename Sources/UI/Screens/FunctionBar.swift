import Terminal

/// The last line: the keys that matter most here, whole items only.
enum FunctionBar {
    static func draw(_ view: ViewState, on canvas: inout Canvas, y: Int) {
        let items = items(for: view, width: canvas.size.columns)
        var x = 0
        for item in items {
            x = canvas.put(item.key, x: x, y: y, limit: canvas.size.columns, Style(.keyName))
            x = canvas.put(item.label, x: x, y: y, limit: canvas.size.columns, Style(.keyLabel))
            x += 1
        }
    }

    /// In the order of the key table. Where not all fit, those with the lowest weight are left out.
    static func items(for view: ViewState, width: Int) -> [Binding.BarItem] {
        let all = Keymap.all.filter { $0.works(in: view.focus) && isOffered($0.request, view) }.compactMap(\.bar)
        var room = width + 1
        var kept: Set<String> = []
        for item in all.sorted(by: { $0.weight > $1.weight }) {
            let width = item.key.count + item.label.count + 1
            if width > room { break }
            room -= width
            kept.insert(item.key)
        }
        return all.filter { kept.contains($0.key) }
    }

    private static func isOffered(_ request: Request, _ view: ViewState) -> Bool {
        switch request {
        case .type: view.canType
        case .pause, .pauseProcess, .step, .runToWait: view.lesson == nil
        case .focus: view.focus != .lesson
        case .lesson: view.lesson != nil ? view.focus != .lesson : view.hasLessonForFinding
        default: true
        }
    }
}
