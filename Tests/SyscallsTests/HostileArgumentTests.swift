import Foundation
import Kernel
import Testing
import WasixABI

@testable import Syscalls

/// Every implemented call with arguments that no honest program passes: it answers with an errno that has a name or
/// with success, comes back, and writes nowhere but into guest memory.
@Suite(.serialized) struct HostileArgumentTests {
    private static let rows = CallBodies.all.compactMap { $0 }
    private static let randomCalls = 150

    /// In an ended process no wait lasts: whatever is asked for, the call must come back by itself.
    @Test(arguments: [false, true])
    func anEndedProcessIsNeverHeldUp(_ isWide: Bool) throws {
        try Self.attack(isWide: isWide, isEnding: true)
    }

    /// In a living one a call may wait; the end of the process gets it out, whatever it waits for.
    @Test(arguments: [false, true])
    func aLivingProcessAnswersOrIsEnded(_ isWide: Bool) throws {
        try Self.attack(isWide: isWide, isEnding: false)
    }

    private static func attack(isWide: Bool, isEnding: Bool) throws {
        var template = Array("/tmp/wasix-top-hostile-XXXXXX".utf8CString)
        let root = String(cString: mkdtemp(&template)!)
        defer { try? FileManager.default.removeItem(atPath: root) }
        let attack = Attack(root: root, isWide: isWide, isEnding: isEnding)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for binding in rows { attack.run(binding) }
            done.signal()
        }
        let limit = ContinuousClock.now + .seconds(240)
        while done.wait(timeout: .now() + .milliseconds(1)) == .timedOut {
            attack.endIfBlocked()
            try #require(ContinuousClock.now < limit, "\(attack.current) does not come back")
        }
        #expect(attack.failures.isEmpty, "\(attack.failures.prefix(20).joined(separator: "\n"))")
        #expect(attack.calls > rows.count * randomCalls)
        guard !isEnding else { return }
        #expect(attack.succeeded.count > rows.count / 2, "\(attack.succeeded.count) of \(rows.count)")
        // What makes processes and leaves code is not only refused.
        let missing = Set([
            CallID.procFork, .procForkEnv, .procExec, .procExec2, .procExec3, .procExec4, .procSpawn2, .procSpawn3,
            .procJoin, .stackCheckpoint,
        ]).subtracting(attack.succeeded)
        #expect(missing.isEmpty, "\(missing)")
    }

    /// All calls of one round, made on one worker thread.
    private final class Attack: @unchecked Sendable {
        // Safe to share: the worker alone touches everything but the guest and the name of the call, which are locked.
        private let root: String
        private let isWide: Bool
        private let isEnding: Bool
        private var random = SeededGenerator(seed: 0x9e37_79b9_7f4a_7c15)
        /// A lock that the thread sanitizer sees.
        private let lock = NSLock()
        private var shared: (guest: HostileGuest, call: CallID, words: [UInt64])
        private var guest: HostileGuest
        private(set) var calls = 0
        private(set) var succeeded: Set<CallID> = []
        private(set) var failures: [String] = []

        init(root: String, isWide: Bool, isEnding: Bool) {
            self.root = root
            self.isWide = isWide
            self.isEnding = isEnding
            guest = HostileGuest(root: root, isWasix: true, isEnding: isEnding)
            shared = (guest, .argsGet, [])
        }

        var current: String { lock.withLock { "\(shared.call)\(shared.words)" } }

        /// The watcher's side: gets a call out of its wait.
        func endIfBlocked() {
            let guest = lock.withLock { shared.guest }
            if guest.isBlocked { guest.process.end(.exited(code: 0)) }
        }

        private func renew(isWasix: Bool = true) {
            guest = HostileGuest(root: root, isWasix: isWasix, isEnding: isEnding)
            lock.withLock { shared.guest = guest }
        }

        func run(_ binding: CallBinding) {
            let arguments = HostileArguments(row: binding.id.spec, isWide: isWide)
            renew()
            corruptOne(binding, arguments)
            renew(isWasix: false)
            corruptMany(binding, arguments)
        }

        /// One thing is wrong with a call that is right otherwise.
        private func corruptOne(_ binding: CallBinding, _ arguments: HostileArguments) {
            let descriptors = binding.id.spec.arguments.contains { $0.kind == .fd } ? guest.descriptors : [0]
            for fd in descriptors {
                let honest = arguments.plausible(fd: fd)
                arguments.fill(guest.memory)
                make(binding, honest)
                for index in honest.indices {
                    for value in arguments.hostile(index, numbers: guest.numbers) {
                        var wrong = honest
                        wrong[index] = value
                        arguments.fill(guest.memory)
                        make(binding, wrong)
                    }
                }
            }
        }

        /// Anything may be wrong, also behind the pointers.
        private func corruptMany(_ binding: CallBinding, _ arguments: HostileArguments) {
            for _ in 0..<randomCalls {
                let fd = guest.descriptors.randomElement(using: &random)!
                var words = arguments.plausible(fd: fd)
                for index in words.indices where Int.random(in: 0..<3, using: &random) == 0 {
                    words[index] = arguments.hostile(index, numbers: guest.numbers).randomElement(using: &random)!
                }
                arguments.fill(guest.memory)
                if Bool.random(using: &random) { arguments.scramble(guest.memory, &random) }
                make(binding, words)
            }
        }

        private func make(_ binding: CallBinding, _ words: [UInt64]) {
            lock.withLock {
                shared.call = binding.id
                shared.words = words
            }
            let errno = guest.call(binding, words, isWide: isWide)
            calls += 1
            if errno == .success { succeeded.insert(binding.id) }
            if Int(errno.rawValue) > 80 { failures.append("\(binding.id)\(words): errno \(errno.rawValue)") }
            if !guest.memory.isIntact {
                failures.append("\(binding.id)\(words): wrote beside the memory")
                renew()
            }
            if !isEnding && !guest.isUsable || guest.thread.wantsExit { renew() }
        }
    }
}
