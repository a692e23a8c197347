import Glibc

/// What the host lets this program have.
enum HostLimits {
    /// Raises the number of descriptors from the soft limit, which is made for programs that use select(2), to the hard
    /// one: each socket and file of the guest is a descriptor of ours.
    static func raiseDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
