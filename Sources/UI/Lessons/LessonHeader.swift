import Diagnosis
import Terminal

/// The first line of a lesson's screen: ` wasix-top learn  3 et-partial-read  checkpoint 3/8  2 of 2 right  PAUSED`.
enum LessonHeader {
    static func line(_ lesson: LessonView, _ verdict: GuestVerdict, width: Int) -> StyledLine {
        let run = lesson.run
        var line = StyledLine(" ", Style(.header))
        line.add(StyledLine("wasix-top learn  ", Style(.header)), ifFits: width - 40)
        line.add(.header, "\(run.lesson.number) \(run.lesson.name)  ")
        line.add(StyledLine("\(run.place)/\(run.placeCount)  ", Style(.header)), ifFits: width)
        line.add(
            StyledLine(verdict.word, Style(verdict.tone == .attention ? .header : verdict.tone.role)), ifFits: width)
        if run.answeredCount > 0 {
            let right = "  \(run.rightAtFirst) of \(run.answeredCount) right"
            line.add(StyledLine(right, Style(.header)), ifFits: width)
        }
        return line
    }
}
