import Terminal

/// Collects frames that share lines, because a corner's character depends on all frames that meet there.
struct FrameLines {
    private struct Joint: OptionSet {
        let rawValue: UInt8
        static let up = Joint(rawValue: 1)
        static let down = Joint(rawValue: 2)
        static let left = Joint(rawValue: 4)
        static let right = Joint(rawValue: 8)
    }

    private let size: Size
    private var joints: [Joint]

    init(size: Size) {
        self.size = size
        joints = Array(repeating: [], count: size.columns * size.rows)
    }

    mutating func add(_ frame: Rect) {
        guard frame.width > 1, frame.height > 1, Rect(size).intersection(frame) == frame else { return }
        for x in frame.x..<frame.endX - 1 {
            for y in [frame.y, frame.endY - 1] {
                join(x, y, .right)
                join(x + 1, y, .left)
            }
        }
        for y in frame.y..<frame.endY - 1 {
            for x in [frame.x, frame.endX - 1] {
                join(x, y, .down)
                join(x, y + 1, .up)
            }
        }
    }

    /// Draws all frames; the lines of `focused` stand out.
    func draw(on canvas: inout Canvas, glyphs: Glyphs, focused: Rect?) {
        for y in 0..<size.rows {
            for x in 0..<size.columns where !joints[y * size.columns + x].isEmpty {
                let isFocused = focused.map { Self.isEdge(x, y, of: $0) } ?? false
                let scalar = Self.scalar(joints[y * size.columns + x], glyphs)
                canvas.fill(scalar, x: x, y: y, count: 1, Style(isFocused ? .frameFocused : .frame))
            }
        }
    }

    private mutating func join(_ x: Int, _ y: Int, _ joint: Joint) { joints[y * size.columns + x].insert(joint) }

    private static func isEdge(_ x: Int, _ y: Int, of frame: Rect) -> Bool {
        let isInside = x >= frame.x && x < frame.endX && y >= frame.y && y < frame.endY
        return isInside && (x == frame.x || x == frame.endX - 1 || y == frame.y || y == frame.endY - 1)
    }

    private static func scalar(_ joint: Joint, _ glyphs: Glyphs) -> Unicode.Scalar {
        switch joint {
        case [.left, .right], .left, .right: glyphs.horizontal
        case [.up, .down], .up, .down: glyphs.vertical
        case [.down, .right]: glyphs.topLeft
        case [.down, .left]: glyphs.topRight
        case [.up, .right]: glyphs.bottomLeft
        case [.up, .left]: glyphs.bottomRight
        case [.left, .right, .down]: glyphs.teeDown
        case [.left, .right, .up]: glyphs.teeUp
        case [.up, .down, .right]: glyphs.teeRight
        case [.up, .down, .left]: glyphs.teeLeft
        default: glyphs.cross
        }
    }
}
