import Export

/// A filter among the options.
enum FilterArgument {
    /// Characters of a line that shows what is wrong.
    private static let excerptWidth = 76

    /// - Parameters:
    ///   - expression: as it was given.
    ///   - option: the option's name, for what is said when it cannot be read.
    ///   - use: reads it, made fit to be shown.
    static func read<Result>(
        _ expression: String, of option: String, _ use: (String) throws(FilterProblem) -> Result
    ) throws -> Result {
        let text = ArgumentText.readable(expression)
        do throws(FilterProblem) {
            return try use(text)
        } catch {
            let excerpt = error.excerpt(of: text, width: excerptWidth)
            throw Failure(
                "\(option): \(error.message)", excerpt: [excerpt.text, excerpt.marks].map { "    " + $0 },
                hint: "Try 'wasix-top fields'.", status: ExitStatus.usage)
        }
    }
}
