import Testing

/// Compares two transcripts line by line and records the first difference, with the lines before it.
func expectSameTranscript(
    _ ours: String, as reference: String, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard ours != reference else { return }
    let left = ours.split(separator: "\n", omittingEmptySubsequences: false)
    let right = reference.split(separator: "\n", omittingEmptySubsequences: false)
    let index = zip(left, right).enumerated().first { $1.0 != $1.1 }?.offset ?? min(left.count, right.count)
    let context = right[max(0, index - 8)..<min(index, right.count)].joined(separator: "\n")
    let got = index < left.count ? left[index] : "(end)"
    let wanted = index < right.count ? right[index] : "(end)"
    Issue.record(
        "\(what) differs at line \(index + 1)\n\(context)\nours:      \(got)\nreference: \(wanted)",
        sourceLocation: sourceLocation)
}
