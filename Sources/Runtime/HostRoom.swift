import CLinux
import Glibc

/// Checks that the host has room (threads, descriptors, address space) before code needs it that cannot report a lack:
/// the engine, its thread pool and the language's own containers end the program then. The room is given back at once,
/// so each answer is only a forecast.
package enum HostRoom {
    /// Beside its stack a guest thread needs address space for its store, its instance and what the allocator sets
    /// aside.
    private static let threadReserve = 160 << 20

    /// Threads that may run at once. Each maps up to 5.5 pieces of memory (stack, signal stack, their guards, what it
    /// allocates, its ring); where the host maps no more (vm.max_map_count) the engine ends the program.
    static let mostThreads = max((Int(cl_most_mappings()) - spareMappings) / 6, 64)
    /// For all that is not a thread's: code, memories of processes and what they share, the inspector.
    private static let spareMappings = 8_192

    /// Bytes for a thread that loads modules. Large, because the parser of the text form recurses as deep as the text nests.
    package static let loadingStack = 16 << 20

    /// Threads that a run needs: the one that loads, the guest's first, an inspector's or a trace's, and one to spare.
    private static let threadsToRun: Int32 = 4
    static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    /// How many more threads there was room for when first asked; not counted beyond what could be of use.
    private static let threads = cl_threads_to_be_had(threadsToRun + Int32(clamping: processors))

    /// Whether there is room for a program that runs a guest, with an inspector's or a trace's thread and files.
    package static func check() throws(LaunchError) {
        let descriptors = 16
        guard threads >= threadsToRun else {
            throw LaunchError(.failure, "the host has no room for \(threadsToRun) threads more (ulimit -u, pids.max)")
        }
        var numbers: [Int32] = []
        for _ in 0..<descriptors { numbers.append(open("/", CL_O_PATH | O_CLOEXEC)) }
        for number in numbers where number >= 0 { close(number) }
        guard !numbers.contains(where: { $0 < 0 }) else {
            throw LaunchError(.failure, "the host has no room for \(descriptors) descriptors more (ulimit -n)")
        }
    }

    /// Whether the compiler can have a thread for every processor (it keeps them) and the run still has its own.
    static var hasThreadsToCompile: Bool { threads >= threadsToRun + Int32(clamping: processors) }

    static func hasRoomForThread(stackSize: Int) -> Bool { hasMemory(stackSize + threadReserve) }

    /// Whether that many bytes of address space are to be had (ulimit -v).
    static func hasMemory(_ bytes: Int) -> Bool {
        guard isAddressSpaceLimited, bytes > 0 else { return true }
        let space = mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let space, space != MAP_FAILED else { return false }
        munmap(space, bytes)
        return true
    }

    static let isAddressSpaceLimited: Bool = {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
    }()
}
