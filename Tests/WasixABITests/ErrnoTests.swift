import Testing
import WasixABI

@Suite struct ErrnoTests {
    /// In order of their numbers, 0-80.
    private let page = """
        SUCCESS 2BIG ACCES ADDRINUSE ADDRNOTAVAIL AFNOSUPPORT AGAIN ALREADY BADF BADMSG BUSY CANCELED CHILD
        CONNABORTED CONNREFUSED CONNRESET DEADLK DESTADDRREQ DOM DQUOT EXIST FAULT FBIG HOSTUNREACH IDRM ILSEQ
        INPROGRESS INTR INVAL IO ISCONN ISDIR LOOP MFILE MLINK MSGSIZE MULTIHOP NAMETOOLONG NETDOWN NETRESET
        NETUNREACH NFILE NOBUFS NODEV NOENT NOEXEC NOLCK NOLINK NOMEM NOMSG NOPROTOOPT NOSPC NOSYS NOTCONN NOTDIR
        NOTEMPTY NOTRECOVERABLE NOTSOCK NOTSUP NOTTY NXIO OVERFLOW OWNERDEAD PERM PIPE PROTO PROTONOSUPPORT
        PROTOTYPE RANGE ROFS SPIPE SRCH STALE TIMEDOUT TXTBSY XDEV NOTCAPABLE SHUTDOWN MEMVIOLATION UNKNOWN PENDING
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    @Test func namesStandAtTheirNumbers() {
        #expect(page.count == 81 && Errno.all.count == 81)
        #expect(Errno.success.name == "OK")
        for (number, name) in page.enumerated().dropFirst() {
            #expect(Errno(rawValue: UInt16(number)).name == "E" + name)
        }
    }

    @Test func membersHaveTheNumbersOfThePage() {
        let spots: [(Errno, UInt16)] = [
            (.toobig, 1), (.again, 6), (.badf, 8), (.canceled, 11), (.exist, 20), (.fault, 21), (.inprogress, 26),
            (.intr, 27), (.inval, 28), (.io, 29), (.mfile, 33), (.noent, 44), (.nosys, 52), (.notsock, 57),
            (.notsup, 58), (.perm, 63), (.pipe, 64), (.range, 68), (.spipe, 70), (.timedout, 73), (.notcapable, 76),
            (.shutdown, 77), (.memviolation, 78), (.pending, 80),
        ]
        for (errno, number) in spots {
            #expect(errno.rawValue == number)
        }
    }

    @Test func numbersOutsideTheTableStillHaveAName() {
        #expect(Errno(rawValue: 81).name == "ERRNO_81")
        #expect(Errno(rawValue: .max).text == "Unknown error 65535")
    }

    @Test func everyErrnoHasItsOwnText() {
        #expect(Set(Errno.all.map(\.text)).count == Errno.all.count)
    }
}
