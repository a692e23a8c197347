import CLinux

/// The host's processors, as far as they are ours.
public enum HostProcessors {
    /// How many the calling thread may run on: what is online, less what an affinity mask leaves out
    /// (Linux: sched_getaffinity(2)).
    public static var usable: Int { Int(cl_usable_processors()) }
}
