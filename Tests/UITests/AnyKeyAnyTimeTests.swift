import Model
import Terminal
import TestSupport
import Testing
import Trace
import WasixABI

@testable import UI

/// Whatever is pressed, on whatever screen of whatever size, while the guest goes on, ends, or loses what a page shows: the
/// screen is drawn. What goes wrong here ends the tests, as it would the program.
@Suite struct AnyKeyAnyTimeTests {
    private static let keys: [Key] = {
        var keys = Keymap.all.flatMap(\.keys)
        keys += (0x20...0x7e).map { .character(Unicode.Scalar(UInt8($0))) }
        // What opens a page, and what moves in one, more often.
        for _ in 0..<12 { keys += [.enter, .enter, .escape, .up, .down, .tab, .character("]"), .character("[")] }
        for scalar in "12345679!tebFn".unicodeScalars { for _ in 0..<3 { keys.append(.character(scalar)) } }
        return keys
    }()

    private enum World: CaseIterable {
        case server, deadlock, manyItems, quiet, nothing

        var state: ModelState {
            switch self {
            case .server: Fixture.echo()
            case .deadlock: Fixture.deadlock()
            case .manyItems: Fixture.many()
            case .quiet: Fixture.quiet()
            case .nothing: ModelState()
            }
        }
    }

    @Test(arguments: World.allCases) private func theScreenIsDrawn(_ world: World) {
        for seed in 0..<UInt64(isLongForm ? 100 : 1) {
            var random = SeededGenerator(seed: seed)
            var first = world.state
            first.trace = Self.shortened(first.trace)
            var driver = Driver(first, columns: 80, rows: 24, glyphs: .utf8)
            for _ in 0..<200 {
                switch Int.random(in: 0..<20, using: &random) {
                case 0:
                    driver.interaction.size = Size(
                        columns: .random(in: 1...200, using: &random), rows: .random(in: 1...60, using: &random))
                    driver.change { _ in }
                case 1, 2, 3: driver.change { Self.goOn(&$0, from: first, &random) }
                default: driver.press(Self.keys.randomElement(using: &random)!)
                }
                driver.time += .random(in: 0...2_000_000_000, using: &random)
                let size = driver.interaction.size
                #expect(driver.canvas.size == size)
            }
        }
    }

    /// The same calls in a history that soon loses them.
    private static func shortened(_ whole: TraceHistory) -> TraceHistory {
        var history = TraceHistory(limits: .init(entries: 100))
        for number in whole.range {
            guard let entry = whole[number] else { continue }
            entry.withPayload {
                history.append(entry.record, payload: $0, process: entry.process, thread: entry.thread)
            }
        }
        return history
    }

    /// Something that a guest does, or that becomes of it.
    private static func goOn(_ state: inout ModelState, from first: ModelState, _ random: inout SeededGenerator) {
        state.now += .random(in: 0...5_000_000_000, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0...4: call(&state, .random(in: 1...1_500, using: &random), &random)
        case 5:
            state.descriptors.removeAll { _ in Bool.random(using: &random) }
            state.descriptors.shuffle(using: &random)
        case 6:
            state.threads.removeAll { _ in Bool.random(using: &random) }
            state.histories = [:]
        case 7:
            for index in state.epolls.indices {
                state.epolls[index].items.removeAll { _ in Bool.random(using: &random) }
            }
        case 8: state.epolls.removeAll { _ in Bool.random(using: &random) }
        case 9: state.guest = Bool.random(using: &random) ? .running : .exited(code: 3)
        case 10:
            state.pace = Bool.random(using: &random) ? .free : .paused
            state.isSettled.toggle()
        default:
            state.descriptors = first.descriptors
            state.epolls = first.epolls
            state.threads = first.threads
            state.histories = first.histories
        }
    }

    private static func call(_ state: inout ModelState, _ count: Int, _ random: inout SeededGenerator) {
        for _ in 0..<count {
            let call = CallID.allCases.randomElement(using: &random)!
            let fd = UInt32.random(in: 0...10, using: &random)
            let at = state.now &- .random(in: 0...1_000_000, using: &random)
            let words = [fd, 0x1000, .random(in: 0...70, using: &random), .random(in: 0...UInt32.max, using: &random)]
            var change = ReadinessChange()
            change.instance = 14
            change.object = fd + 10
            change.fd = fd
            change.edge = .random(in: 0...9, using: &random)
            change.events = EpollEvents.in.rawValue
            if Bool.random(using: &random) { change.reason = .edgeSpent }
            Fixture.append(
                to: &state.trace, call, thread: .random(in: 1...4, using: &random), at: at,
                took: .random(in: 0...1_000_000, using: &random), words: words, object: fd + 10,
                errno: Bool.random(using: &random) ? .success : .again,
                result: Bool.random(using: &random) ? fd : nil,
                payload: call == .epollWait ? Fixture.event(.in, data: UInt64(fd), fd: UInt8(fd), edge: 3) : [],
                changes: Bool.random(using: &random) ? [change] : [])
            if call == .epollWait {
                Fixture.append(
                    to: &state.waits, call, at: at, took: 1, words: words, object: 14, result: 1,
                    payload: Fixture.event(.in, data: UInt64(fd), fd: UInt8(fd), edge: 3))
            }
        }
    }
}
