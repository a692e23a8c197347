/// Where frames go. A real terminal or memory.
package protocol Screen: AnyObject {
    var size: Size { get }
    var glyphs: Glyphs { get }
    /// Shows a frame. One drawn for another size (a resize came in between) is cut.
    func show(_ frame: Canvas)
}
