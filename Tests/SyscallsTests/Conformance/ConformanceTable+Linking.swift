import Kernel
import WasixABI

/// Libraries that are loaded while a program runs (WasixABI.docc/DynamicLinking).
extension ConformanceTable {
    static let linking: [ConformanceRow] = [
        ConformanceRow(
            .dlopen, [.noent, .noexec, .nametoolong],
            [
                .ok("a library", #"dlopen("libone.so", flags=RTLD_NOW, *, err_buf_len=64, "/data/lib") = 2"#) {
                    $0.opening("libone.so")
                },
                .ok("the program", "dlopen(NULL, flags=RTLD_NOW, *, err_buf_len=64, NULL) = 1") {
                    $0.libraries([0, 0, 2, $0.room(64), 64, 0, 0, $0.out])
                },
                .fails(.noent, "nothing there") { $0.opening("libnone.so") },
                .fails(.noexec, "no module") { $0.opening("libtext.so") },
                .fails(.noent, "no room for the reason") {
                    $0.libraries($0.text("libnone.so") + [2, 0, 0, 0, 0, $0.out])
                },
                .fails(.nametoolong, "a name of 4097 bytes") { $0.opening(String(repeating: "n", count: 4097)) },
                .fails(.notsup, "a program that is one module") {
                    _ = $0.withRunner()
                    return $0.text("libone.so") + [2, $0.room(64), 64, 0, 0, $0.out]
                },
            ]),
        ConformanceRow(
            .dlsym, [.inval],
            [
                .ok("a symbol", #"dlsym(handle=2, "one", *, err_buf_len=64, ret_addr=0x4d) = 0"#) {
                    $0.asking("one", of: 2)
                },
                .ok("of any", #"dlsym(handle=0, "one", *, err_buf_len=64, ret_addr=0x4d) = 0"#) {
                    $0.asking("one", of: 0)
                },
                .fails(.inval, "no such symbol") { $0.asking("two", of: 2) },
                .fails(.inval, "no such handle") { $0.asking("one", of: 3) },
                .fails(.notsup, "a program that is one module") {
                    _ = $0.withRunner()
                    return [1] + $0.text("one") + [$0.room(64), 64, $0.out]
                },
            ]),
        ConformanceRow(
            .dlInvalidHandle, [.inval],
            [
                .ok("a library", "dl_invalid_handle(handle=2) = 0") { $0.libraries([2]) },
                .ok("the program", "dl_invalid_handle(handle=1) = 0") { $0.libraries([1]) },
                .fails(.inval, "none") { $0.libraries([0]) },
                .fails(.inval, "another number") { $0.libraries([3]) },
            ]),
    ]
}

extension FileGuest {
    fileprivate func libraries(_ arguments: [UInt64]) -> [UInt64] {
        process.image.runner = LibraryRunner()
        return arguments
    }

    fileprivate func opening(_ name: String) -> [UInt64] {
        libraries(text(name) + [2, room(64), 64] + text("/data/lib") + [out])
    }

    fileprivate func asking(_ symbol: String, of handle: UInt64) -> [UInt64] {
        libraries([handle] + text(symbol) + [room(64), 64, out])
    }
}
