/// Who may import whom: the table of the design, as data.
struct Room {
    /// Other rooms.
    let rooms: Set<String>
    /// Modules of packages, and of the toolchain beyond `anywhere`.
    let libraries: Set<String>

    init(_ rooms: Set<String> = [], libraries: Set<String> = []) {
        self.rooms = rooms
        self.libraries = libraries
    }

    /// Modules of the toolchain that every room but `WasixABI` may use.
    static let anywhere: Set<String> = ["Glibc", "Synchronization"]

    /// Foundation where start-up time and allocation do not count: nowhere on the guest's side.
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials", "Dispatch"]
    private static let guestSide: Set<String> = ["WasixABI", "Trace", "Kernel", "Syscalls", "WasmEngine", "CLinux"]
    private static let inspectorSide: Set<String> = ["WasixABI", "Trace", "Decode", "Model", "Diagnosis", "Export"]

    static let all: [String: Room] = [
        "WasmEngine": Room(["CWasmtime"]),
        "Symbols": Room(),
        "Packages": Room(),
        "WasixABI": Room(),
        "Trace": Room(["WasixABI", "CLinux"]),
        "Kernel": Room(["WasixABI", "Trace", "CLinux"], libraries: ["DequeModule", "SystemPackage"]),
        "Syscalls": Room(["WasixABI", "Trace", "Kernel"]),
        "Runtime": Room(guestSide.union(["Symbols", "Packages"]), libraries: ["SystemPackage"]),
        "Decode": Room(["WasixABI", "Trace"]),
        "Model": Room(["WasixABI", "Trace", "Decode"], libraries: foundation.union(["DequeModule", "Histogram"])),
        "Diagnosis": Room(["WasixABI", "Trace", "Decode", "Model"], libraries: foundation),
        "Export": Room(["WasixABI", "Trace", "Decode", "Model", "Diagnosis"], libraries: foundation),
        "Terminal": Room(["CNcurses", "CLinux"]),
        "UI": Room(inspectorSide.union(["Terminal"]), libraries: foundation),
        "wasix-top": Room(
            guestSide.subtracting(["CLinux"]).union(inspectorSide).union(["Runtime", "Terminal", "UI", "CLinux"]),
            libraries: foundation.union(["ArgumentParser", "SystemPackage"])),
    ]

    /// C shims, which include system headers only.
    static let shims: Set<String> = ["CLinux", "CNcurses", "CWasmtime"]

    /// What a file of `room` imports and must not, as sentences.
    static func violations(of room: String, importing modules: [String]) -> [String] {
        guard let rules = all[room] else { return ["the room \(room) is not in the table"] }
        let allowed = rules.rooms.union(rules.libraries).union(room == "WasixABI" ? [] : anywhere)
        return modules.filter { !allowed.contains($0) }.map { "\(room) must not import \($0)" }
    }
}
