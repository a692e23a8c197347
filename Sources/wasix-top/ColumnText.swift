extension String {
    /// Filled up with spaces to a column's width in bytes.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - utf8.count, 0)) }
}
