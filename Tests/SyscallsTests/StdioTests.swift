import CLinux
import Foundation
import Glibc
import Testing
import Trace
import WasixABI

@testable import Kernel
@testable import Syscalls

@Suite struct StdioTests {
    /// Runs `body` in a thread of its own, as a guest's would be.
    private func inThread(_ guest: FileGuest, _ body: @escaping () -> Void) -> DispatchSemaphore {
        let done = DispatchSemaphore(value: 0)
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) let guest = guest
        Thread.detachNewThread {
            guest.thread.begin()
            body()
            done.signal()
        }
        return done
    }

    private func waitUntilBlocked(_ guest: FileGuest) {
        while guest.kernel.locked({ guest.thread.blockedSince }) == 0 { sched_yield() }
    }

    // MARK: captured

    @Test func capturedOutputKeepsOrderAndStream() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        #expect(guest.write(1, "one ").count == 4)
        #expect(guest.write(1, "two").count == 3)
        #expect(guest.write(2, "oops").count == 4)
        #expect(guest.write(1, "three").count == 5)
        let chunks = streams.takeOutput()
        #expect(chunks.map(\.stream) == [.output, .error, .output])
        #expect(chunks.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one two", "oops", "three"])
        #expect(streams.takeOutput().isEmpty)
        #expect(guest.read(1).errno == .badf)
        #expect(guest.write(0, "x").errno == .badf)
    }

    /// As a terminal does, unless the guest has switched that off.
    @Test func whatIsTypedIsEchoed() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        #expect(guest.write(1, "name? ").count == 6)
        streams.sendInput(Array("Ada\n".utf8))
        #expect(guest.write(1, "hello\n").count == 6)
        #expect(streams.takeOutput().map(\.stream) == [.output, .typed, .output])

        let state = guest.room(TtyLayout.size)
        #expect(guest.call(.ttyGet, state) == .success)
        var changed = guest.bytes(state, TtyLayout.size)
        changed[TtyLayout.echo] = 0
        #expect(guest.call(.ttySet, guest.put(changed)) == .success)
        streams.sendInput(Array("secret\n".utf8))
        #expect(streams.takeOutput().isEmpty)
        #expect(guest.read(0).errno == .success)
        streams.closeInput()
        changed[TtyLayout.echo] = 1
        #expect(guest.call(.ttySet, guest.put(changed)) == .success)
        streams.sendInput(Array("too late\n".utf8))
        #expect(streams.takeOutput().isEmpty)
    }

    @Test func ofTooMuchOutputTheOldestGoesAndIsCounted() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        let line = String(repeating: "x", count: 9999) + "\n"
        let vectors = guest.vectors([(guest.put(line), line.utf8.count)])
        let result = guest.room(4)
        for _ in 0..<250 { #expect(guest.call(.fdWrite, 1, vectors, 1, result) == .success) }
        #expect(guest.write(1, "the end").count == 7)
        let kept = streams.takeOutput().reduce(into: [UInt8]()) { $0 += $1.bytes }
        #expect(kept.count <= 1 << 20)
        #expect(kept.count > 1_000_000)
        #expect(UInt64(kept.count) + streams.droppedOutput == 2_500_007)
        #expect(String(decoding: kept.suffix(7), as: UTF8.self) == "the end")
    }

    @Test func typedInputWaitsForTheUser() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        nonisolated(unsafe) var seen = [String]()
        let done = inThread(guest) { seen = [guest.read(0, 4).text, guest.read(0).text, guest.read(0).text] }
        waitUntilBlocked(guest)
        streams.sendInput(Array("typed".utf8))
        streams.closeInput()
        done.wait()
        #expect(seen == ["type", "d", ""])
        #expect(guest.read(0) == (.success, ""))
    }

    @Test func typedInputNotYetThereIsAgainWhenNonBlocking() throws {
        let guest = try FileGuest()
        let streams = try StandardStreams.capture(into: guest.process)
        #expect(guest.call(.fdFdstatSetFlags, 0, UInt64(FdFlags.nonblock.rawValue)) == .success)
        #expect(guest.read(0).errno == .again)
        streams.sendInput(Array("now".utf8))
        #expect(guest.read(0).text == "now")
    }

    @Test func theEndOfTheGuestEndsAReadOfTypedInput() throws {
        let guest = try FileGuest()
        _ = try StandardStreams.capture(into: guest.process)
        nonisolated(unsafe) var errno = Errno.success
        let done = inThread(guest) { errno = guest.read(0).errno }
        waitUntilBlocked(guest)
        guest.process.end(.exited(code: 0))
        done.wait()
        #expect(errno == .intr)
    }

    // MARK: inherited

    /// Gives the guest a descriptor of the host as a standard stream is given; answers its number.
    private func adopt(_ guest: FileGuest, _ fd: Int32) throws -> UInt64 {
        let mode = fcntl(fd, F_GETFL)
        let status = try FileStatus(hostFd: fd)
        let access: Rights =
            mode & O_ACCMODE == O_RDONLY
            ? .fdRead
            : mode & O_ACCMODE == O_WRONLY
                ? .fdWrite
                : [
                    .fdRead, .fdWrite,
                ]
        return try guest.kernel.locked {
            let file = HostObject.make(
                guest.kernel, inherited: fd, status, access: access, name: Array("stdio".utf8), hostMode: mode)
            return UInt64(try guest.process.descriptors.add(file).rawValue)
        }
    }

    /// As `adopt`, where the host does not let us open the same thing again.
    private func adoptShared(_ guest: FileGuest, _ fd: Int32, _ access: Rights) throws -> UInt64 {
        try guest.kernel.locked {
            let file = HostStream(
                kernel: guest.kernel, hostFd: fd, ownsHostFd: false, blocks: true, type: .unknown, access: access,
                name: [])
            return UInt64(try guest.process.descriptors.add(file).rawValue)
        }
    }

    private func hostPipe() -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        precondition(cl_pipe2(&ends, O_CLOEXEC) == 0)
        return (ends[0], ends[1])
    }

    private func setNonBlocking(_ guest: FileGuest, _ fd: UInt64) {
        #expect(guest.call(.fdFdstatSetFlags, fd, UInt64(FdFlags.nonblock.rawValue)) == .success)
    }

    @Test(arguments: [false, true])
    func anInheritedPipeIsReadWithoutBeingSwitched(_ isShared: Bool) throws {
        let guest = try FileGuest()
        let (reader, writer) = hostPipe()
        let flags = fcntl(reader, F_GETFL)
        let fd = isShared ? try adoptShared(guest, reader, .fdRead) : try adopt(guest, reader)
        #expect(Glibc.write(writer, "abc", 3) == 3)
        #expect(guest.read(fd, 2).text == "ab")
        setNonBlocking(guest, fd)
        #expect(guest.read(fd).text == "c")
        #expect(guest.read(fd).errno == .again)
        #expect(fcntl(reader, F_GETFL) == flags)
        #expect(guest.write(fd, "x").errno == .badf)
        close(writer)
        #expect(guest.read(fd) == (.success, ""))
        let stat = guest.room(FdstatLayout.size)
        #expect(guest.call(.fdFdstatGet, fd, stat) == .success)
        #expect(guest.load(stat, as: UInt8.self) == FileType.unknown.rawValue)
        #expect(guest.call(.fdSeek, fd, 0, 0, guest.room(8)) == .spipe)
        close(reader)
    }

    @Test(arguments: [false, true])
    func aReadThatWaitsEndsWithDataOrWithTheGuest(_ isShared: Bool) throws {
        let guest = try FileGuest()
        let (reader, writer) = hostPipe()
        let fd = isShared ? try adoptShared(guest, reader, .fdRead) : try adopt(guest, reader)
        nonisolated(unsafe) var seen = (Errno.success, "")
        let first = inThread(guest) { seen = guest.read(fd) }
        waitUntilBlocked(guest)
        #expect(Glibc.write(writer, "late", 4) == 4)
        first.wait()
        #expect(seen == (.success, "late"))
        let second = inThread(guest) { seen = guest.read(fd) }
        waitUntilBlocked(guest)
        guest.process.end(.exited(code: 0))
        second.wait()
        #expect(seen.0 == .intr)
        close(reader)
        close(writer)
    }

    @Test(arguments: [false, true])
    func aWriteLongerThanThePipeWaitsForItsReader(_ isShared: Bool) throws {
        let guest = try FileGuest()
        let (reader, writer) = hostPipe()
        let fd = isShared ? try adoptShared(guest, writer, .fdWrite) : try adopt(guest, writer)
        let text = String(repeating: "0123456789", count: 20_000)
        nonisolated(unsafe) var written = (errno: Errno.success, count: 0)
        let done = inThread(guest) { written = guest.write(fd, text) }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 70_000)
        while received.count < 200_000 {
            let count = Glibc.read(reader, &buffer, buffer.count)
            received += buffer[..<max(0, count)]
        }
        done.wait()
        #expect(written == (.success, 200_000))
        #expect(received == Array(text.utf8))
        setNonBlocking(guest, fd)
        let part = guest.write(fd, text)
        #expect(part.errno == .success && part.count > 0 && part.count < 200_000)
        #expect(guest.write(fd, text).errno == .again)
        close(reader)
        close(writer)
    }

    @Test func aPipeWithoutAReaderIsBroken() throws {
        let guest = try FileGuest()
        let (reader, writer) = hostPipe()
        let fd = try adopt(guest, writer)
        close(reader)
        nonisolated(unsafe) var errno = Errno.success
        inThread(guest) { errno = guest.write(fd, "x").errno }.wait()
        #expect(errno == .pipe)
        close(writer)
    }

    @Test func aRedirectedFileKeepsSharingItsOffset() throws {
        let guest = try FileGuest()
        guest.hostFile("in", "abcdef")
        let host = Glibc.open(guest.root + "/in", O_RDWR)
        let fd = try adopt(guest, host)
        #expect(guest.read(fd, 2).text == "ab")
        #expect(lseek(host, 0, SEEK_CUR) == 2)
        lseek(host, 4, SEEK_SET)
        #expect(guest.read(fd).text == "ef")
        #expect(guest.call(.fdClose, fd) == .success)
        #expect(fcntl(host, F_GETFL) >= 0)
        close(host)
    }

    @Test func standardInputCanBeAFile() throws {
        let guest = try FileGuest()
        guest.hostFile("in", "from a file")
        try StandardStreams.input(from: ByteString(guest.root + "/in"), into: guest.process)
        #expect(guest.read(0).text == "from a file")
        #expect(guest.write(0, "x").errno == .badf)
        #expect(throws: Errno.noent) {
            try StandardStreams.input(from: ByteString(guest.root + "/none"), into: guest.process)
        }
        #expect(throws: Errno.isdir) { try StandardStreams.input(from: ByteString(guest.root), into: guest.process) }
    }

    // MARK: terminals

    private func pseudoTerminal() -> (master: Int32, slave: Int32) {
        let (unlock, number): (UInt, UInt) = (0x4004_5431, 0x8004_5430)  // TIOCSPTLCK, TIOCGPTN
        let master = Glibc.open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (locked, index): (Int32, Int32) = (0, 0)
        precondition(ioctl(master, unlock, &locked) == 0 && ioctl(master, number, &index) == 0)
        let slave = Glibc.open("/dev/pts/\(index)", O_RDWR | O_NOCTTY)
        var size = winsize(ws_row: 33, ws_col: 101, ws_xpixel: 0, ws_ypixel: 0)
        precondition(slave >= 0 && ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
        return (master, slave)
    }

    @Test func aTerminalIsToldAndPutBack() throws {
        let guest = try FileGuest()
        let (master, slave) = pseudoTerminal()
        let fd = try adopt(guest, slave)
        #expect(fd == 0)
        var before = termios()
        tcgetattr(slave, &before)
        let stat = guest.room(FdstatLayout.size)
        #expect(guest.call(.fdFdstatGet, fd, stat) == .success)
        #expect(guest.load(stat, as: UInt8.self) == FileType.characterDevice.rawValue)
        let rights = Rights(rawValue: guest.load(stat + UInt64(FdstatLayout.rightsBase)))
        #expect(rights.isDisjoint(with: [.fdSeek, .fdTell]))

        let state = guest.room(TtyLayout.size)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.load(state, as: UInt32.self) == 101)
        #expect(guest.load(state + 4, as: UInt32.self) == 33)
        #expect(guest.bytes(state + 16, 8) == [1, 0, 0, 1, 1, 1, 0, 0])

        var changed = guest.bytes(state, TtyLayout.size)
        changed[TtyLayout.echo] = 0
        changed[TtyLayout.lineBuffered] = 0
        changed[TtyLayout.lineFeeds] = 0xAA
        #expect(guest.call(.ttySet, guest.put(changed)) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.bytes(state + 16, 8) == [1, 0, 0, 0, 0, 1, 0, 0])

        // Another size is all that libc's TIOCSWINSZ has filled in.
        changed[TtyLayout.columns] = 77
        changed[TtyLayout.echo] = 1
        #expect(guest.call(.ttySet, guest.put(changed)) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.bytes(state + 16, 8) == [1, 0, 0, 0, 0, 1, 0, 0])
        #expect(guest.load(state, as: UInt32.self) == 77 && guest.load(state + 4, as: UInt32.self) == 33)
        var size = winsize()
        #expect(ioctl(slave, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col == 77 && size.ws_row == 33)
        // A size that cannot be one is none: the call is about the modes.
        changed.replaceSubrange(0..<4, with: [0, 0, 0, 0])
        #expect(guest.call(.ttySet, guest.put(changed)) == .success)
        #expect(guest.call(.ttyGet, state) == .success)
        #expect(guest.bytes(state + 16, 8) == [1, 0, 0, 1, 0, 1, 0, 0])
        #expect(guest.load(state, as: UInt32.self) == 77)

        cl_terminal_restore()
        #expect(ioctl(slave, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col == 101)
        var after = termios()
        tcgetattr(slave, &after)
        #expect(after.c_lflag == before.c_lflag && after.c_oflag == before.c_oflag)
        // Somebody else's size stays.
        size.ws_col = 66
        #expect(ioctl(master, UInt(TIOCSWINSZ), &size) == 0)
        cl_terminal_restore()
        #expect(ioctl(slave, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col == 66)
        #expect(guest.open("/dev/tty").errno == .success)
        close(slave)
        close(master)
    }

    @Test func aTerminalGivesALineAtATime() throws {
        let guest = try FileGuest()
        let (master, slave) = pseudoTerminal()
        let fd = try adopt(guest, slave)
        #expect(Glibc.write(master, "one\ntwo\n", 8) == 8)
        #expect(guest.read(fd).text == "one\n")
        #expect(guest.read(fd).text == "two\n")
        setNonBlocking(guest, fd)
        #expect(guest.read(fd).errno == .again)
        #expect(fcntl(slave, F_GETFL) & O_NONBLOCK == 0)
        close(slave)
        close(master)
    }
}
