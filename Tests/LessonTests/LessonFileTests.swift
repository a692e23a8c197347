import Diagnosis
import Testing

/// What must hold of the lessons that the program brings.
@Suite struct LessonFileTests {
    @Test func thereAreLessonsWithNumbersOfTheirOwn() throws {
        let lessons = try LessonFiles.names.map(LessonFiles.lesson)
        #expect(lessons.count >= 5)
        #expect(Set(lessons.map(\.number)).count == lessons.count)
        #expect(lessons.first?.name == "first-wait")
    }

    @Test(arguments: LessonFiles.names)
    func itIsWhole(_ name: String) throws {
        let (lesson, problems) = try LessonFiles.parse(name)
        #expect(problems.isEmpty, "\(problems)")
        #expect(try LessonFiles.sources(lesson).problems(lesson).isEmpty)
        #expect(lesson.checkpoints.contains { $0.question != nil })
        #expect(lesson.about.count <= 80)
        #expect(try !LessonFiles.transcript(lesson).isEmpty)
    }

    /// Two hundred words a minute.
    @Test(arguments: LessonFiles.names)
    func itIsReadInTenMinutes(_ name: String) throws {
        #expect(try LessonFiles.lesson(name).words <= 2_000)
    }

    @Test(arguments: LessonFiles.names)
    func whatItTakesForGrantedComesBeforeIt(_ name: String) throws {
        let lesson = try LessonFiles.lesson(name)
        for need in lesson.needs { #expect(try LessonFiles.lesson(need).number < lesson.number) }
        #expect(!lesson.needs.isEmpty || lesson.number == 1)
    }

    @Test func aLintHasOneLesson() throws {
        let lints = try LessonFiles.names.flatMap { try LessonFiles.lesson($0).lints }
        #expect(Set(lints).count == lints.count)
    }
}
