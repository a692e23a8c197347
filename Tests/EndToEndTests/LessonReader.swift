import Foundation

/// Reads the screens of a lesson and says which key to press next.
struct LessonReader {
    /// What the lesson says and no screen has shown yet.
    private(set) var unread: Set<String> = []
    private(set) var isAtEnd = false
    /// By the question: what its wrong answers are told, and the keys that are still to be pressed, the right answer's last.
    private var questions: [String: (replies: [String], keys: [String])] = [:]
    /// The words on the screen when a key was pressed last, the key, and what is to be read after it.
    private var last = (text: [String](), key: "", awaited: String?.none, pressed: ContinuousClock.now)
    /// The screen as it was when it was looked at last.
    private var seen: [String] = []

    init(named name: String) throws {
        let lesson = try String(contentsOfFile: "\(Product.root)/assets/lessons/\(name).lesson", encoding: .utf8)
        var question = ""
        var answers: [(text: String, isRight: Bool)] = []
        for (keyword, text) in Self.statements(lesson) {
            switch keyword {
            case "say", "why", "end": unread.insert(text)
            case "ask":
                question = text
                answers = []
                unread.insert(text)
            case "-", "*":
                let parts = text.components(separatedBy: " :: ")
                unread.formUnion(parts)
                answers.append((parts.count > 1 ? parts[1] : "", keyword == "*"))
                let keys = answers.indices.sorted { !answers[$0].isRight && answers[$1].isRight }.map { String($0 + 1) }
                questions[question] = (answers.filter { !$0.isRight }.map(\.text), keys)
            default: break
            }
        }
    }

    /// Keywords with their texts, of which a line may be the continuation.
    private static func statements(_ lesson: String) -> [(keyword: String, text: String)] {
        lesson.split(separator: "\n").reduce(into: []) { statements, line in
            let words = line.filter { !"`|".contains($0) }.split(separator: " ")
            if line.first == " ", !statements.isEmpty {
                statements[statements.count - 1].text += " " + words.joined(separator: " ")
            } else if let keyword = words.first {
                statements.append((String(keyword), words.dropFirst().joined(separator: " ")))
            }
        }
    }

    /// The key to press next; nil while the last one has not been answered on the screen. A key that came while something else
    /// was drawn may have been lost, and is pressed again after a while.
    mutating func key(_ lines: [String]) -> String? {
        let screen = lines.map { $0.filter { !"│|▶".contains($0) } }.joined(separator: " ").split(separator: " ")
            .joined(separator: " ")
        unread = unread.filter { !screen.contains($0) }
        // What was drawn by half looks different the next time.
        guard lines == seen else {
            seen = lines
            return nil
        }
        if screen.contains("This was lesson") {
            isAtEnd = true
            return nil
        }
        // Source and state may have another size, what is said stays what it is.
        let said = lines.drop { !$0.contains("checkpoint ") }.dropFirst().prefix { "│|".contains($0.first ?? " ") }
        let text = said.joined(separator: " ").split { " │|▶".contains($0) }.map(String.init)
        if text == last.text || last.awaited.map({ !screen.contains($0) }) ?? false {
            guard last.pressed + .seconds(3) < .now else { return nil }
            last.pressed = .now
            return last.key
        }
        guard let (key, awaited) = next(screen) else { return nil }
        last = (text, key, awaited, .now)
        return key
    }

    /// - Returns: a key, and what is to be read after it where that is known.
    private mutating func next(_ screen: String) -> (key: String, awaited: String?)? {
        if ["Right.", "Enter or s goes on", "s ends the lesson"].contains(where: screen.contains) { return ("s", nil) }
        guard screen.contains("choose") else { return nil }
        // Of questions that stand in others the longest.
        let question = questions.keys.filter(screen.contains).max { $0.count < $1.count }
        guard let question, let key = questions[question]?.keys.first else { return ("1", nil) }
        questions[question]?.keys.removeFirst()
        let replies = questions[question]?.replies ?? []
        questions[question]?.replies = Array(replies.dropFirst())
        return (key, replies.first)
    }
}
