import Kernel
import Trace
import WasixABI
import WasmEngine

/// Copies of a process, and other programs.
extension GuestProgram {
    func beginUnwinding(_ thread: GuestThread, for purpose: Unwinding) throws(Errno) {
        guard let execution = thread.runnerState as? GuestExecution else { throw .notsup }
        try execution.beginUnwinding(thread, for: purpose)
    }

    func goOn(as thread: GuestThread, on lender: GuestThread) {
        (lender.runnerState as? GuestExecution)?.instance.store.setData(Unmanaged.passUnretained(thread).toOpaque())
    }

    func endRewinding(_ thread: GuestThread) { (thread.runnerState as? GuestExecution)?.endRewinding() }

    func hasCheckpoint(_ key: CheckpointKey, on thread: GuestThread) -> Bool {
        (thread.runnerState as? GuestExecution)?.hasCheckpoint(key) ?? false
    }

    /// Makes a child of the process of `thread`, whose code has unwound.
    /// - Returns: what the parent's call answers.
    func fork(_ thread: GuestThread, _ sharesTime: Bool) -> Rewound {
        guard let execution = thread.runnerState as? GuestExecution else { return Rewound(errno: .notsup) }
        do throws(Errno) {
            guard hasRoomForThread else { throw .again }
            let image = thread.image.copy(thread.kernel)
            let program = try copy(image, thread.memory)
            let main = try thread.process.fork(image, by: thread)
            do throws(Errno) {
                try program.start(main, copying: execution, of: self, thread)
            } catch {
                main.process.disown()
                throw error
            }
            if sharesTime { main.process.waitForRelease(thread) }
            return Rewound(value: UInt64(main.process.id.rawValue))
        } catch {
            return Rewound(errno: error)
        }
    }

    /// The same program with a memory of its own, of the size that `memory` has.
    private func copy(_ image: ProgramImage, _ memory: GuestMemory) throws(Errno) -> GuestProgram {
        do throws(EngineError) {
            return try GuestProgram(
                guest, symbols, loader, image: image, pages: memory.byteCount / GuestMemory.pageSize,
                functions: functions.copy(), linking: linking?.copy(turn: image.linkTurn))
        } catch {
            throw .nomem
        }
    }

    func load(_ file: ProgramFile, for process: GuestProcess, by thread: GuestThread) throws(Errno) -> ProgramImage {
        let (module, symbols) = try loader.load(file, by: thread)
        let image = ProgramImage(process.kernel, arguments: file.arguments, environment: file.environment)
        let linking = try module.library.map { library throws(Errno) in
            try Self.linking(module, library, file, process, thread, image)
        }
        do throws(EngineError) {
            _ = try GuestProgram(module, symbols, loader, image: image, linking: linking)
        } catch {
            throw .nomem
        }
        return image
    }
}

extension GuestProcess {
    /// The program that it runs now.
    var program: GuestProgram? { kernel.locked { image.runner } as? GuestProgram }
}

extension GuestExecution {
    /// Makes `memory`, which this code has, at least as large as `byteCount`.
    /// - Returns: false when there is no room.
    func grow(_ memory: GuestMemory, to byteCount: UInt64) -> Bool {
        let missing = byteCount - min(byteCount, memory.byteCount)
        guard missing > 0 else { return true }
        guard let grown = instance.memory(), (try? grown.grow(pages: missing / GuestMemory.pageSize)) != nil else {
            return false
        }
        return memory.byteCount >= byteCount
    }
}

/// Takes a value that is not Sendable to the one thread that uses it from then on.
struct SendableBox<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
