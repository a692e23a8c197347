import Foundation
import Testing
import Trace
import WasixABI

@testable import Kernel

/// What a child's descriptors and its working directory are when its program starts.
@Suite final class SpawnActionTests {
    private let guest: KernelGuest
    private let scratch: Scratch
    /// A child that has not started, in the granted directory, which is `/data` and number 3.
    private let child: GuestProcess

    init() throws {
        let guest = KernelGuest()
        let scratch = try Scratch()
        guest.process.isWasix = true
        try Preopens.install([DirectoryGrant(hostPath: scratch.path, guestPath: "/data")], into: guest.process)
        let child = GuestProcess(
            kernel: guest.kernel, parent: guest.process.id, arguments: [], environment: [],
            workingDirectory: Array("/data".utf8))
        child.isWasix = true
        child.mounts = guest.process.mounts
        (self.guest, self.scratch, self.child) = (guest, scratch, child)
        fork()
    }

    deinit { while guest.locked({ child.descriptors.closeForGood() }) {} }

    /// Gives the child what its parent has.
    private func fork() {
        guest.locked {
            for number in 0..<UInt32(300) { child.descriptors.close(FdNumber(rawValue: number)) }
            guest.process.descriptors.copy(into: child.descriptors)
        }
    }

    private func fd(_ number: UInt32) -> FdNumber { FdNumber(rawValue: number) }

    private func apply(_ actions: SpawnAction...) -> Errno {
        outcome { () throws(Errno) in try child.apply(actions, by: guest.main) }
    }

    /// The read end of a new pipe at `number` of parent and child, where nobody else holds it; and the write end.
    private func pipe(at number: UInt32, isCloseOnExec: Bool = false) throws -> PipeEnd {
        let (reader, writer) = guest.pipe()
        let made = try guest.kernel.locked { () throws(Errno) in
            try guest.process.descriptors.add(
                reader, rights: .fdRead, inheriting: .fdWrite, isCloseOnExec: isCloseOnExec, atLeast: number)
        }
        #expect(made.rawValue == number)
        guest.close(reader)
        fork()
        return writer
    }

    private func slot(_ number: UInt32, _ process: GuestProcess? = nil) -> FdSlot? {
        guest.locked { (process ?? child).descriptors.slot(fd(number))?.pointee }
    }

    private func isOpen(_ number: UInt32) -> Bool { slot(number) != nil }

    /// The path behind a number of the child.
    private func path(_ number: UInt32) -> String? {
        guest.locked { (file(number) as? HostNode).map { String(decoding: $0.path, as: UTF8.self) } }
    }

    /// Lock held.
    private func file(_ number: UInt32) -> OpenFile? {
        child.descriptors.slot(fd(number))?.pointee.file?.takeUnretainedValue()
    }

    private var workingDirectory: String {
        guest.locked { String(decoding: child.workingDirectory, as: UTF8.self) }
    }

    private func request(_ oflags: OFlags = [], isCloseOnExec: Bool = false) -> OpenRequest {
        OpenRequest(
            oflags: oflags, fdflags: [], rights: .known, inheriting: .known, followsLink: true,
            isCloseOnExec: isCloseOnExec)
    }

    private func open(_ number: UInt32, _ path: String, _ request: OpenRequest) -> SpawnAction {
        .open(fd(number), path: Array(path.utf8), request)
    }

    private func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: scratch.file(name), withIntermediateDirectories: true)
    }

    // MARK: copies of a table

    @Test func aCopyHasTheSameNumbersAndDescriptions() throws {
        let writer = try pipe(at: 200, isCloseOnExec: true)
        let (ours, copy) = (slot(200, guest.process), slot(200))
        #expect(copy?.file?.toOpaque() == ours?.file?.toOpaque())
        #expect(copy?.isCloseOnExec == true)
        #expect(copy?.rights == .fdRead)
        #expect(copy?.inheriting == .fdWrite)
        #expect(slot(3)?.preopenName == Array("/data".utf8))
        #expect(!isOpen(199) && !isOpen(201))
        #expect(guest.locked { child.descriptors.openCount } == 2)
        guest.locked { _ = guest.process.descriptors.close(fd(200)) }
        #expect(guest.readiness(writer) == .out, "the copy holds the other end")
        guest.locked { _ = child.descriptors.close(fd(200)) }
        #expect(guest.readiness(writer) == [.out, .err])
    }

    @Test func aNumberThatTheCopyLeavesFreeIsGivenOut() throws {
        _ = try pipe(at: 4)
        let next = try guest.kernel.locked { () throws(Errno) in
            try child.descriptors.install(EventCounter(kernel: guest.kernel, initial: 0, flags: []))
        }
        #expect(next.rawValue == 0)
    }

    @Test func anotherProgramGetsWhatIsNotMarked() throws {
        _ = try pipe(at: 10)
        _ = try pipe(at: 11, isCloseOnExec: true)
        guest.locked {
            child.descriptors.slot(fd(3))?.pointee.isCloseOnExec = true
            child.descriptors.closeOnExecute()
        }
        #expect(isOpen(10))
        #expect(!isOpen(11))
        #expect(isOpen(3), "libc finds no files without the granted directories")
        #expect(slot(11, guest.process) != nil)
    }

    // MARK: closing and duplicating

    @Test func closingIsTheChildsAlone() throws {
        _ = try pipe(at: 10)
        #expect(apply(.close(fd(10)), .close(fd(10)), .close(fd(.max))) == .success)
        #expect(!isOpen(10))
        #expect(slot(10, guest.process) != nil)
    }

    @Test func aGrantedDirectoryIsCoveredAndComesBack() throws {
        let writer = try pipe(at: 10)
        #expect(apply(.close(fd(3))) == .success)
        #expect(path(3) == "/data")
        #expect(apply(.duplicate(fd(10), onto: fd(3)), .close(fd(10))) == .success)
        #expect(path(3) == nil && slot(3)?.preopenName == nil)
        #expect(apply(open(4, "/data/some", request(.create))) == .success, "paths still start from it")
        guest.locked { _ = guest.process.descriptors.close(fd(10)) }
        #expect(guest.readiness(writer) == .out)
        #expect(apply(open(3, "new", request(.create))) == .success)
        #expect(guest.readiness(writer) == [.out, .err], "what covered it is closed")
        #expect(path(3) == "/data/new")
        #expect(apply(.close(fd(3))) == .success)
        #expect(path(3) == "/data" && slot(3)?.preopenName == Array("/data".utf8))
        #expect(apply(.duplicate(fd(3), onto: fd(3)), .duplicate(fd(3), onto: fd(9))) == .success)
        #expect(path(9) == "/data")
        #expect(slot(9)?.preopenName == nil)
    }

    @Test func aDuplicateIsHandedOn() throws {
        _ = try pipe(at: 10, isCloseOnExec: true)
        #expect(apply(.duplicate(fd(10), onto: fd(0))) == .success)
        #expect(slot(0)?.file?.toOpaque() == slot(10)?.file?.toOpaque())
        #expect(slot(0)?.isCloseOnExec == false)
        #expect(slot(10)?.isCloseOnExec == true)
        #expect(apply(.duplicate(fd(10), onto: fd(10))) == .success)
        #expect(slot(10)?.isCloseOnExec == false)
        #expect(slot(10, guest.process)?.isCloseOnExec == true)
    }

    @Test func whatIsNotOpenHasNoDuplicate() throws {
        _ = try pipe(at: 10)
        #expect(apply(.duplicate(fd(99), onto: fd(10))) == .badf)
        #expect(apply(.duplicate(fd(99), onto: fd(99))) == .badf)
        #expect(apply(.duplicate(fd(10), onto: fd(FdTable.limit))) == .badf)
        #expect(isOpen(10))
    }

    // MARK: opening

    @Test func aFileIsOpenedAsExactlyThatNumber() throws {
        #expect(apply(open(20, "new", request(.create))) == .success)
        #expect(scratch.read("new") == "")
        #expect(path(20) == "/data/new")
        #expect(guest.locked { child.descriptors.openCount } == 2)
        #expect(slot(20, guest.process) == nil)
        #expect(apply(open(0, "/data/new", request())) == .success)
        #expect(path(0) == "/data/new")
    }

    @Test func whatWasAtTheNumberIsClosed() throws {
        let writer = try pipe(at: 10)
        guest.locked { _ = guest.process.descriptors.close(fd(10)) }
        #expect(apply(open(10, "new", request(.create))) == .success)
        #expect(path(10) == "/data/new")
        #expect(guest.readiness(writer) == [.out, .err])
    }

    /// Number 0 is the lowest free one: there open(2) alone does it.
    @Test func movingAFileToItsNumberClearsCloseOnExec() throws {
        let marked = request(.create, isCloseOnExec: true)
        #expect(apply(open(0, "new", marked), open(20, "new", marked)) == .success)
        #expect(slot(0)?.isCloseOnExec == true)
        #expect(slot(20)?.isCloseOnExec == false)
    }

    @Test func whatCannotBeOpenedLeavesTheNumberAlone() throws {
        let writer = try pipe(at: 10)
        #expect(apply(open(10, "none", request())) == .noent)
        #expect(apply(open(10, "", request())) == .noent)
        #expect(apply(open(10, "new", request([.create, .directory]))) == .inval)
        #expect(apply(open(FdTable.limit, "new", request(.create))) == .badf)
        #expect(isOpen(10))
        #expect(guest.readiness(writer) == .out)
        #expect(guest.locked { child.descriptors.openCount } == 2)
    }

    @Test func devicesAreThoseOfTheChild() throws {
        _ = try pipe(at: 10)
        #expect(apply(open(1, "/dev/null", request())) == .success)
        #expect(guest.locked { file(1)?.kind } == .device)
        #expect(apply(open(20, "/dev/stdin", request())) == .nxio)
        #expect(apply(.duplicate(fd(10), onto: fd(0)), open(20, "/dev/stdin", request())) == .success)
        #expect(slot(20)?.file?.toOpaque() == slot(10)?.file?.toOpaque())
    }

    // MARK: the working directory

    @Test func laterActionsStartFromTheNewDirectory() throws {
        try makeDirectory("sub")
        #expect(apply(.changeDirectory(Array("sub".utf8)), open(20, "new", request(.create))) == .success)
        #expect(workingDirectory == "/data/sub")
        #expect(scratch.read("sub/new") == "")
        #expect(guest.locked { guest.process.workingDirectory } == Array("/".utf8))
        #expect(apply(.changeDirectory(Array("none".utf8))) == .noent)
        #expect(apply(.changeDirectory(Array("new".utf8))) == .notdir)
        #expect(workingDirectory == "/data/sub")
    }

    @Test func aDescriptorNamesADirectoryToo() throws {
        try makeDirectory("sub")
        _ = try pipe(at: 10)
        var reading = request(.directory)
        reading.rights = Rights.directory
        #expect(apply(open(20, "sub", reading), .changeDirectoryTo(fd(20))) == .success)
        #expect(workingDirectory == "/data/sub")
        #expect(apply(.changeDirectoryTo(fd(3))) == .success)
        #expect(workingDirectory == "/data")
        #expect(apply(.changeDirectoryTo(fd(10))) == .notdir)
        #expect(apply(.changeDirectoryTo(fd(99))) == .badf)
        #expect(workingDirectory == "/data")
    }

    // MARK: the order

    @Test func theFirstFailureEndsIt() throws {
        _ = try pipe(at: 10)
        _ = try pipe(at: 11)
        #expect(apply(.close(fd(10)), .duplicate(fd(99), onto: fd(5)), .close(fd(11))) == .badf)
        #expect(!isOpen(10))
        #expect(isOpen(11))
    }
}
