import Glibc
import WasixABI

extension Errno {
    /// The host's errno in the guest's numbering; IO for one that has no counterpart.
    public init(host code: Int32) {
        self = Self.fileCodes(code) ?? Self.socketCodes(code) ?? .io
    }

    /// The failure of the host call that just answered -1 in this thread.
    public static var lastHost: Errno { Errno(host: Glibc.errno) }

    private static func fileCodes(_ code: Int32) -> Errno? {
        switch code {
        case 0: .success
        case E2BIG: .toobig
        case EACCES: .acces
        case EAGAIN: .again
        case EBADF: .badf
        case EBUSY: .busy
        case ECANCELED: .canceled
        case EDEADLK: .deadlk
        case EDOM: .dom
        case EDQUOT: .dquot
        case EEXIST: .exist
        case EFAULT: .fault
        case EFBIG: .fbig
        case EILSEQ: .ilseq
        case EINTR: .intr
        case EINVAL: .inval
        case EIO: .io
        case EISDIR: .isdir
        case ELOOP: .loop
        case EMFILE: .mfile
        case EMLINK: .mlink
        case ENAMETOOLONG: .nametoolong
        case ENFILE: .nfile
        case ENODEV: .nodev
        case ENOENT: .noent
        case ENOEXEC: .noexec
        case ENOLCK: .nolck
        case ENOMEM: .nomem
        case ENOSPC: .nospc
        case ENOSYS: .nosys
        case ENOTDIR: .notdir
        case ENOTEMPTY: .notempty
        case ENOTTY: .notty
        case ENXIO: .nxio
        case EOVERFLOW: .overflow
        case EPERM: .perm
        case EPIPE: .pipe
        case ERANGE: .range
        case EROFS: .rofs
        case ESPIPE: .spipe
        case ESRCH: .srch
        case ESTALE: .stale
        case ETXTBSY: .txtbsy
        case EXDEV: .xdev
        default: nil
        }
    }

    private static func socketCodes(_ code: Int32) -> Errno? {
        switch code {
        case EADDRINUSE: .addrinuse
        case EADDRNOTAVAIL: .addrnotavail
        case EAFNOSUPPORT, EPFNOSUPPORT: .afnosupport
        case EALREADY: .already
        case EBADMSG: .badmsg
        case ECHILD: .child
        case ECONNABORTED: .connaborted
        case ECONNREFUSED: .connrefused
        case ECONNRESET: .connreset
        case EDESTADDRREQ: .destaddrreq
        case EHOSTUNREACH, EHOSTDOWN: .hostunreach
        case EIDRM: .idrm
        case EINPROGRESS: .inprogress
        case EISCONN: .isconn
        case EMSGSIZE: .msgsize
        case EMULTIHOP: .multihop
        case ENETDOWN: .netdown
        case ENETRESET: .netreset
        case ENETUNREACH: .netunreach
        case ENOBUFS: .nobufs
        case ENOLINK: .nolink
        case ENOMSG: .nomsg
        case ENOPROTOOPT: .noprotoopt
        case ENOTCONN: .notconn
        case ENOTRECOVERABLE: .notrecoverable
        case ENOTSOCK: .notsock
        case EOPNOTSUPP: .notsup
        case EOWNERDEAD: .ownerdead
        case EPROTO: .proto
        case EPROTONOSUPPORT, ESOCKTNOSUPPORT: .protonosupport
        case EPROTOTYPE: .prototype
        case ESHUTDOWN: .shutdown
        case ETIMEDOUT: .timedout
        default: nil
        }
    }
}
