import Diagnosis
import Glibc
import Kernel
import Trace

/// Where lessons, our guests and the guests' sources are: beside the program that is installed, or in the folder that it was
/// built in.
struct LessonLibrary {
    static let ending = ".lesson"

    /// A lesson's file and what was read of it.
    struct Entry {
        let path: ByteString
        let lesson: Lesson
        let problems: [LessonProblem]
        /// The file's lines, to show a problem's place.
        let lines: [String]

        /// The folder that it is in.
        var folder: ByteString {
            guard let slash = path.bytes.lastIndex(of: 0x2f) else { return "." }
            return slash == 0 ? "/" : ByteString(path.bytes[..<slash])
        }
    }

    private let lessons: [ByteString]
    private let sources: [ByteString]
    private let modules: [ByteString]

    /// That of this program.
    static let standard = LessonLibrary(program: Self.programPath)

    init(program: ByteString) {
        var lessons: [ByteString] = []
        var sources: [ByteString] = []
        var modules: [ByteString] = []
        var folder = Self.parent(program)
        // PREFIX/bin/wasix-top, or .build/*/release/wasix-top below the root of the sources.
        for _ in 0..<5 {
            guard let current = folder else { break }
            let installed = Self.join(current, "share/wasix-top")
            if Self.isFolder(Self.join(installed, "lessons")) {
                lessons.append(Self.join(installed, "lessons"))
                sources.append(Self.join(installed, "guests"))
                modules.append(Self.join(installed, "guests"))
            }
            if Self.isFolder(Self.join(current, "assets/lessons")) {
                lessons.append(Self.join(current, "assets/lessons"))
                sources.append(Self.join(current, "assets/guests"))
                modules.append(Self.join(current, ".build/guests"))
            }
            if !lessons.isEmpty { break }
            folder = Self.parent(current)
        }
        self.lessons = lessons
        self.sources = sources
        self.modules = modules
    }

    // MARK: lessons

    /// All that there are, in the order of their numbers.
    var all: [Entry] {
        let paths = lessons.flatMap { folder in
            HostText.names(in: folder).filter { $0.hasSuffix(Self.ending) }.map { Self.join(folder, $0) }
        }
        let entries = paths.compactMap { try? Self.read($0) }
        return entries.sorted { ($0.lesson.number, $0.lesson.name) < ($1.lesson.number, $1.lesson.name) }
    }

    /// The names of the lessons by the codes of the lints that they are about.
    var namesByLint: [String: String] {
        let pairs = all.lazy.filter(\.problems.isEmpty).flatMap { entry in
            entry.lesson.lints.map { ($0, entry.lesson.name) }
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The lesson of a name or a number, or in a file.
    func find(_ word: ByteString) throws -> Entry {
        let text = word.description
        if text.contains("/") || text.hasSuffix(Self.ending) { return try Self.open(word) }
        let all = all
        if let entry = all.first(where: { $0.lesson.name == text || String($0.lesson.number) == text }) { return entry }
        guard !lessons.isEmpty else {
            throw Failure(
                "the lessons are not where the program looks for them", hint: "'make install' puts them there.",
                status: ExitStatus.notFound)
        }
        let nearest = Spelling.nearest(to: text, among: all.map(\.lesson.name))
        throw Failure(
            "\(text): no such lesson",
            hint: nearest.map { "Did you mean 'wasix-top learn \($0)'?" } ?? "'wasix-top learn' lists them.",
            status: ExitStatus.notFound)
    }

    static func open(_ path: ByteString) throws -> Entry {
        do throws(HostTextError) {
            return try read(path)
        } catch {
            throw Failure(
                "the lesson cannot be read", path.description, errno: error.errno,
                status: error.errno == ENOENT ? ExitStatus.notFound : ExitStatus.ownFailure)
        }
    }

    private static func read(_ path: ByteString) throws(HostTextError) -> Entry {
        let bytes = try HostText.read(path)
        let file = path.bytes.lastIndex(of: 0x2f).map { ByteString(path.bytes[($0 + 1)...]) } ?? path
        var name = file.description
        if name.hasSuffix(ending) { name.removeLast(ending.count) }
        let (lesson, problems) = LessonParser.parse(bytes, name: name)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return Entry(path: path, lesson: lesson, problems: problems, lines: lines.map(String.init))
    }

    // MARK: what belongs to them

    /// The guest's module: beside the lesson, else among the guests; nil where there is none.
    func module(_ entry: Entry) -> ByteString? {
        ([entry.folder] + modules).map { Self.join($0, entry.lesson.guest.module) }.first(where: Self.isFile)
    }

    /// A guest of ours; nil where it is not built.
    func module(named name: String) -> ByteString? {
        modules.map { Self.join($0, name) }.first(where: Self.isFile)
    }

    /// The sources that the lesson shows, and its guest's.
    func sources(_ entry: Entry) -> LessonSources {
        let pages = entry.lesson.checkpoints.flatMap { [$0.page] + ($0.outcome.map { [$0] } ?? []) }
        var names = Set(
            pages.flatMap(\.shows).compactMap { show in
                if case .source(let range) = show { range.file } else { nil }
            })
        if !entry.lesson.guest.file.isEmpty { names.insert(entry.lesson.guest.file) }
        var files: [String: [String]] = [:]
        for name in names {
            files[name] = ([entry.folder] + sources).lazy.compactMap { HostText.lines(Self.join($0, name)) }.first
        }
        return LessonSources(files)
    }

    /// What the guest prints as a program of Linux: beside the lesson; nil where there is none.
    func transcript(_ entry: Entry) -> [String]? {
        entry.lesson.native.flatMap { HostText.lines(Self.join(entry.folder, $0.file)) }
    }

    // MARK: paths

    private static var programPath: ByteString {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return count > 0 ? ByteString(buffer[..<count].map { UInt8(bitPattern: $0) }) : "/"
    }

    private static func join(_ folder: ByteString, _ name: String) -> ByteString {
        ByteString(folder.bytes + [0x2f] + Array(name.utf8))
    }

    private static func parent(_ path: ByteString) -> ByteString? {
        guard let slash = path.bytes.lastIndex(of: 0x2f), slash > 0 else { return nil }
        return ByteString(path.bytes[..<slash])
    }

    private static func isFolder(_ path: ByteString) -> Bool { kind(path) == S_IFDIR }
    private static func isFile(_ path: ByteString) -> Bool { kind(path) == S_IFREG }

    private static func kind(_ path: ByteString) -> mode_t? {
        var status = stat()
        return path.withCString { stat($0, &status) } == 0 ? status.st_mode & S_IFMT : nil
    }
}
