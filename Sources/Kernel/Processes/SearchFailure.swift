import WasixABI

/// What a search in several directories comes to when nothing is found in any of them.
struct SearchFailure {
    /// NOENT, or ACCES when something was there that could not be had (execvp(3)).
    private(set) var errno = Errno.noent

    /// A place where the search has failed.
    /// - Throws: the error, when it ends the search.
    mutating func add(_ error: Errno) throws(Errno) {
        switch error {
        case .acces: errno = .acces
        // What leads outside, or cannot be a name here at all, is not there for the guest.
        case .noent, .notdir, .notcapable, .nametoolong, .ilseq, .inval: break
        default: throw error
        }
    }
}
