/// One line of a lesson's file with the lines that go on with it: a keyword and a text, and where each part of the text
/// stands in the file.
struct LessonStatement {
    /// Bytes that a line may have, and a file.
    static let longestLine = 1_000
    static let largestFile = 64 << 10

    let keyword: String
    let place: LessonPlace
    private(set) var text: String = ""
    /// Where pieces of the text begin: in the text, in characters, and in the file.
    private var pieces: [(offset: Int, place: LessonPlace)] = []

    private init(_ keyword: String, _ place: LessonPlace) {
        self.keyword = keyword
        self.place = place
    }

    /// The place of a character of the text; of its end for one behind it.
    func place(of offset: Int) -> LessonPlace {
        guard let piece = pieces.last(where: { $0.offset <= offset }) else { return place }
        return LessonPlace(line: piece.place.line, column: piece.place.column + offset - piece.offset)
    }

    private mutating func append(_ line: Substring, at column: Int, line number: Int) {
        guard let start = line.firstIndex(where: { !$0.isBlank }), let end = line.lastIndex(where: { !$0.isBlank })
        else { return }
        let indent = line.distance(from: line.startIndex, to: start)
        if !text.isEmpty { text += " " }
        pieces.append((text.count, LessonPlace(line: number, column: column + indent)))
        text += line[start...end]
    }

    /// The statements of a file. Never fails: what cannot be read is a problem, and the rest is read.
    static func read(_ bytes: [UInt8], _ problems: inout [LessonProblem]) -> [LessonStatement] {
        guard bytes.count <= largestFile else {
            problems.append(LessonProblem(LessonPlace(line: 1, column: 1), "the file is larger than 64 KiB"))
            return []
        }
        var statements: [LessonStatement] = []
        var isLost = false
        for (index, raw) in bytes.split(separator: 10, omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            guard let line = text(of: raw.last == 13 ? raw.dropLast() : raw, number, &problems) else {
                isLost = true
                continue
            }
            if line.allSatisfy(\.isBlank) || line.first == "#" { continue }
            if line.first!.isBlank {
                if statements.isEmpty {
                    if !isLost {
                        problems.append(
                            LessonProblem(
                                LessonPlace(line: number, column: 1),
                                "the line begins with a space, but there is no line above that it could go on with"))
                    }
                } else {
                    statements[statements.count - 1].append(line[...], at: 1, line: number)
                }
                continue
            }
            let keyword = line.prefix { !$0.isBlank }
            var statement = LessonStatement(String(keyword), LessonPlace(line: number, column: 1))
            statement.append(line[keyword.endIndex...], at: keyword.count + 1, line: number)
            statements.append(statement)
        }
        return statements
    }

    private static func text(of raw: ArraySlice<UInt8>, _ number: Int, _ problems: inout [LessonProblem]) -> String? {
        guard raw.count <= longestLine else {
            problems.append(
                LessonProblem(LessonPlace(line: number, column: 1), "the line has more than 1,000 bytes"))
            return nil
        }
        guard let line = String(validating: raw, as: UTF8.self) else {
            problems.append(LessonProblem(LessonPlace(line: number, column: 1), "the line is not UTF-8"))
            return nil
        }
        if let column = line.firstIndex(where: { !$0.isPrintable }) {
            let place = LessonPlace(line: number, column: line.distance(from: line.startIndex, to: column) + 1)
            problems.append(LessonProblem(place, "there is a control character here"))
            return nil
        }
        return line
    }
}

extension Character {
    fileprivate var isBlank: Bool { self == " " || self == "\t" }

    /// Nothing in it moves the cursor or changes the order of what stands beside it.
    fileprivate var isPrintable: Bool {
        self == "\t"
            || unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
                default: true
                }
            }
    }
}
