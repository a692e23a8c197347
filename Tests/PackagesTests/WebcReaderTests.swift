import TestSupport
import Testing

@testable import Packages

@Suite struct WebcReaderTests {
    @Test(arguments: [2, 3])
    func aPackageIsReadWhole(version: Int) throws {
        let bytes = try PackageSamples.writer(version: version).bytes()
        let package = try WebcReader.package(bytes)
        #expect(package.name == "test/sample" && package.entrypoint == "tool")
        #expect(package.dependencies == ["test/other": PackageDependency(name: "test/other", version: "^1.0")])
        #expect(package.atoms.keys.sorted() == ["tool"])
        #expect(PackageSamples.text(package.atoms["tool"], in: bytes) == "\0asm tool")
        guard case .tree(let texts) = package.volumes["/texts"], case .tree(let about) = package.volumes["metadata"]
        else {
            Issue.record("no volumes")
            return
        }
        #expect(
            PackageSamples.text(texts, in: bytes) == "deep/(empty= poem=roses) greeting=hello none/()")
        #expect(PackageSamples.text(about, in: bytes) == "README.md=read me")
        #expect(
            package.mounts == [
                PackageMount(volume: "/texts", path: "/texts"),
                PackageMount(volume: "/texts", subdirectory: ["deep"], path: "/share/deep"),
                PackageMount(dependency: "test/other", volume: "lib", path: "/lib"),
            ])
    }

    @Test(arguments: [2, 3])
    func commandsSayHowTheyAreStarted(version: Int) throws {
        let package = try WebcReader.package(PackageSamples.writer(version: version).bytes())
        #expect(
            package.commands["tool"]
                == PackageCommand(
                    runner: "https://webc.org/runner/wasi", atom: AtomReference(name: "tool"),
                    arguments: ["-q", "two words"], environment: ["A=1", "EMPTY="], executableName: "the-tool",
                    workingDirectory: "/texts"))
        #expect(package.commands["borrowed"]?.atom == AtomReference(dependency: "test/other", name: "serve"))
        #expect(package.commands["borrowed"]?.isRunnable == true)
        #expect(package.commands["web"]?.isRunnable == false)
    }

    @Test func onlyVersionThreeHasTimesAndAChecksumOfTheManifest() throws {
        func modified(_ package: Package) -> UInt64? {
            if case .span(_, _, let modified) = package.atoms["tool"] { modified } else { nil }
        }
        let second = try WebcReader.package(PackageSamples.writer(version: 2).bytes())
        #expect(modified(second) == 0 && second.manifest == nil)
        let bytes = try PackageSamples.writer(version: 3).bytes()
        let third = try WebcReader.package(bytes)
        #expect(modified(third) == 1_700_000_000)
        let manifest = String(decoding: CborWriter.bytes(PackageSamples.manifest), as: UTF8.self)
        #expect(PackageSamples.text(third.manifest, in: bytes) == manifest)
    }

    // MARK: what is no package

    @Test func otherVersionsAreNamed() {
        func message(_ header: String) -> String? {
            failure { () throws(PackageFailure) in _ = try WebcReader.package([0] + Array(header.utf8) + [1, 2]) }
        }
        #expect(message("webc001") == "a webc package of version 001: versions 002 and 003 can be run")
        #expect(message("webc\n\n\n") == "a webc package of version of no number: versions 002 and 003 can be run")
        #expect(message("wasm") == "not a webc package")
        let short = failure { () throws(PackageFailure) in _ = try WebcReader.package([0] + Array("webc00".utf8)) }
        #expect(short == "the package ends within its header")
    }

    @Test(arguments: [2, 3])
    func everyCutIsRefused(version: Int) throws {
        var writer = PackageSamples.writer(version: version)
        let bytes = try writer.bytes()
        // Nothing needs the last volume, so that the package is whole without it.
        writer.volumes.removeLast()
        let whole = try writer.bytes().count
        for length in 0..<bytes.count where length != whole {
            let message = failure { () throws(PackageFailure) in
                _ = try WebcReader.package(Array(bytes.prefix(length)))
            }
            #expect(message != nil, "\(length) of \(bytes.count) bytes")
        }
    }

    @Test(arguments: [2, 3])
    func damageEndsInAnAnswer(version: Int) throws {
        let bytes = try PackageSamples.writer(version: version).bytes()
        var random = SeededGenerator(seed: UInt64(version))
        var refused = 0
        for _ in 0..<5_000 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = [0, 1, 0x7f, 0x80, 0xff, UInt8.random(in: 0...255, using: &random)]
                    .randomElement(using: &random)!
            }
            if failure({ () throws(PackageFailure) in _ = try WebcReader.package(damaged) }) != nil { refused += 1 }
        }
        #expect(refused > 500 && refused < 5_000)
    }

    /// A package of version 2 with a volume of exactly these bytes.
    private func message(volume: [UInt8], manifest: JsonValue = [:]) throws -> String? {
        var writer = WebcWriter(version: 2, manifest: manifest)
        writer.digest = PackageSamples.digest
        let name = WebcWriter.number(1) + Array("v".utf8)
        let bytes = try writer.bytes() + [4] + WebcWriter.number(name.count + volume.count) + name + volume
        return failure { () throws(PackageFailure) in _ = try WebcReader.package(bytes) }
    }

    private func tree(_ header: [UInt8], data: [UInt8] = []) -> [UInt8] {
        WebcWriter.number(header.count) + header + WebcWriter.number(data.count) + data
    }

    private func directory(_ children: [(UInt64, [UInt8])]) -> [UInt8] {
        let entries = children.flatMap { WebcWriter.number($0.0) + WebcWriter.number($0.1.count) + $0.1 }
        return [30] + WebcWriter.number(entries.count) + entries
    }

    private func file(_ start: UInt64, _ end: UInt64) -> [UInt8] {
        [31] + WebcWriter.number(start) + WebcWriter.number(end) + [UInt8](repeating: 0, count: 32)
    }

    @Test(arguments: ["", ".", "..", "/", "a/b", "a\0", String(repeating: "n", count: 256)])
    func namesAreSingleComponents(name: String) throws {
        let root = directory([(UInt64(25 + name.utf8.count), Array(name.utf8))])
        #expect(try message(volume: tree(root + file(0, 0))) == "a file's name is not a single name")
    }

    @Test func namesOfFilesMayBeAnyBytes() throws {
        let root = directory([(27, [0xff, 0xfe])])
        #expect(try message(volume: tree(root + file(0, 0))) == nil)
        let twice = directory([(43, [0xff]), (43, [0xff])])
        #expect(try message(volume: tree(twice + file(0, 0)))?.hasPrefix("a directory has two entries") == true)
    }

    @Test func directoriesMustNotStandInThemselvesOrTwice() throws {
        let words = "a directory stands in two places, or in itself"
        #expect(try message(volume: tree(directory([(0, [0x61])]))) == words)
        let shared = directory([(43, [0x61]), (43, [0x62])]) + directory([])
        #expect(try message(volume: tree(shared)) == words)
    }

    @Test func directoriesNestOnlySoDeep() throws {
        func nested(_ depth: Int) -> [UInt8] {
            (1...depth).flatMap { directory([(UInt64($0 * 26), [0x61])]) } + directory([])
        }
        #expect(try message(volume: tree(nested(100))) == nil)
        #expect(try message(volume: tree(nested(5_000))) == "directories nest too deep")
    }

    @Test func filesStayInTheirVolumeAndShareNothing() throws {
        let data = Array("12345678".utf8)
        func message(_ files: [(UInt64, UInt64)]) throws -> String? {
            let start = UInt64(9 + files.count * 17)
            let root = directory(files.indices.map { (start + UInt64($0 * 49), [UInt8($0) + 0x61]) })
            return try self.message(volume: tree(root + files.flatMap(file), data: data))
        }
        #expect(try message([(0, 4), (4, 8)]) == nil)
        #expect(try message([(0, 9)]) == "a file is outside of its volume")
        #expect(try message([(5, 4)]) == "a file is outside of its volume")
        #expect(try message([(0, .max)]) == "the package is cut short, or a length in it is wrong")
        #expect(try message([(.max, .max)]) == "the package is cut short, or a length in it is wrong")
        #expect(try message([(0, 8), (7, 8)]) == "files of a volume overlap")
    }

    @Test func partsOfVolumesAreWhatTheySay() throws {
        #expect(try message(volume: tree([])) == "an entry of a directory is outside of the volume")
        #expect(try message(volume: tree(file(0, 0))) == "a volume has no root directory")
        #expect(try message(volume: tree([7])) == "an entry of a directory is of an unknown kind, 7")
        #expect(try message(volume: tree(directory([])) + [0]) == "more follows the files of a volume")
        #expect(
            try message(volume: tree(directory([(1 << 40, [0x61])])))
                == "an entry of a directory is outside of the volume")
        #expect(
            try message(volume: WebcWriter.number(UInt64.max))
                == "the package is cut short, or a length in it is wrong")
    }

    @Test func sectionsAreKnownAndThereOnce() throws {
        var writer = WebcWriter(version: 2, manifest: [:])
        writer.digest = PackageSamples.digest
        let bytes = try writer.bytes()
        func message(_ more: [UInt8]) -> String? {
            failure { () throws(PackageFailure) in _ = try WebcReader.package(bytes + more) }
        }
        let empty = tree(directory([]))
        #expect(message([]) == nil)
        #expect(message([9] + WebcWriter.number(0)) == "the package has a section of an unknown kind, 9")
        #expect(message([1] + WebcWriter.number(1) + [0xa0]) == "the package has two manifests")
        #expect(message([3] + WebcWriter.number(empty.count) + empty) == "the package has two sections of modules")
        let volume = WebcWriter.number(1) + [0x76] + empty
        let section = [4] + WebcWriter.number(volume.count) + volume
        #expect(message(section + section) == "the package has two volumes \"v\"")
        #expect(
            failure { () throws(PackageFailure) in _ = try WebcReader.package(Array(bytes.prefix(8))) }
                == "the package has no manifest")
    }
}
