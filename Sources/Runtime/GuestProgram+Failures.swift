import Kernel
import Trace
import WasixABI
import WasmEngine

/// Guest code that ends otherwise than by returning, and what the user reads of that.
extension GuestProgram {
    /// Guest code did not return: it was told to leave, or it trapped, which ends the process.
    func failed(_ failure: GuestFailure, _ thread: GuestThread) {
        guard !thread.mustLeave else { return }
        guard thread.running === thread else {
            return thread.process.end(
                .trapped(message: "a child of proc_fork_env ended otherwise than by proc_exit2", stack: []))
        }
        switch failure {
        case .trap(let trap):
            let stack = named(frames(trap.frames)).map { Self.text($0) }
            thread.process.end(.trapped(message: Self.reason(trap, after: thread.missingCall), stack: stack))
        case .error(let error):
            let stack = named(frames(error.frames)).map { Self.text($0) }
            thread.process.end(.trapped(message: GuestText.short(error.message), stack: stack))
        }
    }

    /// `serve stall.c:45 (module offset 0x2e1)`
    private static func text(_ frame: GuestFrame) -> String {
        var text = frame.function
        if let file = frame.file, let line = frame.line {
            text += " \(GuestText.short(file.split(separator: "/").last.map(String.init) ?? file)):\(line)"
        }
        return frame.moduleOffset.map { "\(text) (module offset 0x\(String($0, radix: 16)))" } ?? text
    }

    /// Programs give up by `unreachable` when a call that they cannot do without answers NOSYS.
    static func reason(_ trap: Trap, after missing: CallID?) -> String {
        let reason = GuestText.short(trap.reason)
        guard trap.code == .unreachable, let missing else { return reason }
        let why =
            [.procFork, .stackCheckpoint].contains(missing)
            ? "answered NOTSUP: the module must be built with asyncify (wasm-opt --asyncify)"
            : "does not work yet and answered NOSYS"
        return "\(reason), after calling \(missing.spec.name), which \(why)"
    }
}

extension GuestFrame {
    /// As the engine tells it: without a place in the source.
    /// - Parameters:
    ///   - frame: the engine's.
    ///   - codeShift: how far its module's code is from where it is in the guest's file.
    init(_ frame: StackFrame, codeShift: Int) {
        self.init(
            function: frame.functionName.map { GuestText.short($0, limit: GuestText.mangledLimit) }
                ?? "function \(frame.functionIndex)",
            functionOffset: frame.functionOffset, moduleOffset: frame.moduleOffset.map { $0 - codeShift })
    }
}
