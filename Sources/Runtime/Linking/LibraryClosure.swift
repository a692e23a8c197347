import Kernel
import WasixABI
import WasmEngine

/// Finds a library and all that it needs which is not there yet. Libraries may need each other.
struct LibraryClosure {
    enum Answer {
        /// The position of a module that is there.
        case loaded(Int)
        case new(FoundModule)
    }

    /// A module that is to be loaded, with the positions of those that it needs: of some that are there, and of others that
    /// will be once all are.
    struct Node {
        let found: FoundModule
        let needed: [Int]
    }

    private enum Need {
        case loaded(Int)
        case found(Int)
    }

    /// Libraries that one library can bring with it.
    private static let most = 512

    private let image: GuestImage
    private let process: GuestProcess
    private let thread: GuestThread?
    private let searchPath: [UInt8]
    /// In the order in which they were found.
    private var found: [FoundModule] = []
    private var needs: [[Need]] = []
    /// Those behind which all come that they need, except where libraries need each other.
    private var order: [Int] = []

    /// - Parameters:
    ///   - process: whose files and working directory count.
    ///   - thread: waits for what is loaded; nil before the first one begins.
    ///   - searchPath: directories to look in first, separated by colons.
    init(_ image: GuestImage, _ process: GuestProcess, _ thread: GuestThread?, _ searchPath: [UInt8]) {
        self.image = image
        self.process = process
        self.thread = thread
        self.searchPath = searchPath
    }

    /// `root` and what it needs, in the order in which they are to be linked: what a module needs comes before it, but the
    /// main module before all.
    mutating func modules(from root: FoundModule) throws(LinkFailure) -> [Node] {
        found.append(root)
        needs.append([])
        try visit(0)
        if image.modules.isEmpty { order = [0] + order.filter { $0 != 0 } }
        let first = image.modules.count
        var positions: [Int: Int] = [:]
        for (position, number) in order.enumerated() { positions[number] = first + position }
        return order.map { number in
            Node(
                found: found[number],
                needed: needs[number].map { need in
                    switch need {
                    case .loaded(let position): position
                    case .found(let other): positions[other] ?? first
                    }
                })
        }
    }

    private mutating func visit(_ number: Int) throws(LinkFailure) {
        let module = found[number]
        for name in module.library.section.needed {
            switch try find(Array(name.utf8), for: module) {
            case .loaded(let position):
                needs[number].append(.loaded(position))
            case .new(let other):
                if let known = found.firstIndex(where: { $0.isSame(as: other) }) {
                    needs[number].append(.found(known))
                    continue
                }
                guard found.count < Self.most else {
                    throw LinkFailure(.nomem, "\(found[0].library.name): needs more than \(Self.most) libraries")
                }
                found.append(other)
                needs.append([])
                needs[number].append(.found(found.count - 1))
                try visit(found.count - 1)
            }
        }
        order.append(number)
    }

    /// Looks for a library as it is named by `requester`, or by a call.
    func find(_ name: [UInt8], for requester: FoundModule?) throws(LinkFailure) -> Answer {
        if !name.contains(PathText.slash) {
            if let known = image.modules.first(where: { FoundModule($0).isCalled(name) }) {
                return .loaded(known.index)
            }
            if let known = found.first(where: { $0.isCalled(name) }) { return .new(known) }
        }
        let file: LibraryFile
        do throws(Errno) {
            file = try LibrarySearch.find(name, in: directories(for: requester), process)
        } catch {
            let text = GuestText.short(String(decoding: name, as: UTF8.self))
            throw LinkFailure(error, "\(text): cannot open shared object file: \(error.text)")
        }
        let descriptor = HostDescriptor(file.hostFd)
        let version = FileVersion(file.hostFd)
        if let version, let known = image.modules.first(where: { $0.file == version }) { return .loaded(known.index) }
        let library = try image.main.libraries.library(
            descriptor, version, named: file.path, for: thread, process.kernel)
        return .new(FoundModule(library: library, path: file.path, name: name, version: version))
    }

    private func directories(for requester: FoundModule?) -> [[UInt8]] {
        var directories = searchPath.isEmpty ? [] : Self.split(searchPath)
        if let requester {
            let origin = Self.directory(of: requester.path)
            for path in requester.library.section.runtimePath {
                directories += Self.split(Array(path.utf8)).map { Self.resolve($0, origin) }
            }
        }
        return directories + LibrarySearch.usualDirectories
    }

    private static func split(_ path: [UInt8]) -> [[UInt8]] {
        path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func directory(of path: [UInt8]) -> [UInt8] {
        guard let slash = path.lastIndex(of: PathText.slash), slash > 0 else { return [PathText.slash] }
        return Array(path[..<slash])
    }

    /// Puts the directory of the module that says it in the place of `$ORIGIN`.
    private static func resolve(_ path: [UInt8], _ origin: [UInt8]) -> [UInt8] {
        for word in ["$ORIGIN", "${ORIGIN}"] where path.starts(with: word.utf8) {
            return origin + path.dropFirst(word.utf8.count)
        }
        return path
    }
}

extension FoundModule {
    /// Whether a name without a directory means it: what it was asked for as, or what it calls itself.
    func isCalled(_ name: [UInt8]) -> Bool {
        self.name == name || library.module.name.map { $0.utf8.elementsEqual(name) } == true
    }

    func isSame(as other: FoundModule) -> Bool {
        path == other.path || (version != nil && version == other.version)
    }
}
