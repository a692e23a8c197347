import Testing
import Trace
import WasixABI

@testable import Model

@Suite struct ModelFoldTests {
    private let guest = FakeGuest()
    private let tracer = Tracer()

    private func show(at seconds: Double, _ change: (inout KernelSnapshot) -> Void = { _ in }) {
        guest.current.withLock { snapshot in
            snapshot.takenAt = tracer.clock.startNanoseconds + .seconds(seconds)
            change(&snapshot)
        }
    }

    private func record(_ record: TraceRecord, on channel: ThreadChannel) {
        channel.ring.push(record)
        channel.counters.add(call: Int(record.call), failed: record.errno != 0, ticks: record.duration)
    }

    @Test func callsAreCountedExactlyAndErrorsByNumber() throws {
        let channel = tracer.makeChannel(thread: 1)
        for start: UInt64 in 1...10 { record(.call(.fdRead, start: start), on: channel) }
        for start: UInt64 in 11...13 { record(.call(.fdRead, start: start, errno: .again), on: channel) }
        record(.call(.fdRead, start: 14, errno: .badf), on: channel)
        record(.call(.fdWrite, start: 15), on: channel)
        let fold = ModelFold(tracer: tracer, control: guest)
        _ = fold.drain()
        show(at: 1)
        let state = fold.makeState()
        #expect(state.totalCalls == 15)
        #expect(state.totalErrors == 4)
        #expect(state.calls.map(\.call) == [.fdRead, .fdWrite])
        let reads = try #require(state.calls.first)
        #expect(reads.calls == 14)
        #expect(reads.errorCounts.map(\.errno) == [.again, .badf])
        #expect(reads.errorCounts.map(\.count) == [3, 1])
        #expect(reads.latency.count == 14)
        #expect(state.trace.count == 15)
        #expect(state.loss.received == 15 && state.loss.dropped == 0)
    }

    @Test func percentilesAreThoseOfTheDurations() {
        var recorder = LatencyRecorder()
        for nanoseconds: UInt64 in 1...1000 { recorder.record(nanoseconds * 1000) }
        let summary = recorder.summarize()
        #expect(summary.count == 1000)
        #expect(abs(Double(summary.p50) / 500_000 - 1) < 0.02)
        #expect(abs(Double(summary.p90) / 900_000 - 1) < 0.02)
        #expect(abs(Double(summary.p99) / 990_000 - 1) < 0.02)
        #expect(summary.max == 1_000_000)
        recorder.record(.max)
        #expect(recorder.summarize().max == .max)
    }

    @Test func ratesAreThoseOfTheLastSecond() throws {
        let channel = tracer.makeChannel(thread: 1)
        let fold = ModelFold(tracer: tracer, control: guest)
        for tick in 0...40 {
            for _ in 0..<(tick < 20 ? 100 : 20) {
                channel.counters.add(call: Int(CallID.fdRead.rawValue), failed: false, ticks: 1)
            }
            show(at: Double(tick) * 0.1) { $0.descriptors = [.pipe(3, object: 9, bytesIn: UInt64(tick * 50))] }
            let state = fold.makeState()
            if tick == 19 { #expect(abs(state.load.callsPerSecond - 1000) < 1) }
            guard tick == 40 else { continue }
            #expect(abs(state.load.callsPerSecond - 200) < 1)
            #expect(abs(try #require(state.calls.first).callsPerSecond - 200) < 1)
            #expect(abs(state.descriptors[0].inPerSecond - 500) < 1)
            #expect(abs(state.load.inPerSecond - 500) < 1)
            #expect(state.load.callRateSamples.count == 4)
        }
    }

    @Test func aClosedRowStaysSixSecondsAndAReusedNumberIsAnotherRow() {
        let fold = ModelFold(tracer: tracer, control: guest)
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9), .pipe(4, object: 10)] }
        var state = fold.makeState()
        #expect(state.descriptors.allSatisfy { $0.mark.isNew(at: state.now) })
        show(at: 4) { $0.descriptors = [.pipe(3, object: 11), .pipe(4, object: 10)] }
        state = fold.makeState()
        #expect(state.descriptors.map(\.id.object.rawValue) == [9, 11, 10])
        #expect(state.descriptors.map(\.mark.isClosed) == [true, false, false])
        #expect(state.descriptors.map { $0.mark.isNew(at: state.now) } == [false, true, false])
        show(at: 9.9)
        #expect(fold.makeState().descriptors.count == 3)
        show(at: 10)
        #expect(fold.makeState().descriptors.map(\.id.object.rawValue) == [11, 10])
    }

    @Test func namesOutliveTheirObjectsAndFollowChanges() {
        let channel = tracer.makeChannel(thread: 1)
        let fold = ModelFold(tracer: tracer, control: guest)
        guest.names.withLock { $0 = [ObjectID(rawValue: 9): "pipe#1 r", ObjectID(rawValue: 20): "tcp short-lived"] }
        record(.call(.fdRead, start: 1, object: 20), on: channel)
        _ = fold.drain()
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9)] }
        let state = fold.makeState()
        #expect(state.names[ObjectID(rawValue: 9)] == "pipe#1 r")
        #expect(state.names[ObjectID(rawValue: 20)] == "tcp short-lived")
        guest.names.withLock { $0[ObjectID(rawValue: 9)] = "pipe#1 r, peer closed" }
        show(at: 2) { $0.descriptors[0].detail = .channel(number: 9, peer: ObjectID(rawValue: 1)) }
        #expect(fold.makeState().names[ObjectID(rawValue: 9)] == "pipe#1 r, peer closed")
        show(at: 3) { $0.descriptors = [] }
        #expect(fold.makeState().names[ObjectID(rawValue: 9)] == "pipe#1 r, peer closed")
    }

    @Test func theNumberOfNamesIsBounded() {
        var names = ObjectNames()
        for number in 1...UInt32(ObjectNames.limit + 1) {
            names.remember([ObjectName("x")], for: ObjectID(rawValue: number))
        }
        names.trim(keeping: [ObjectID(rawValue: 1)])
        #expect(names[ObjectID(rawValue: 1)] != nil)
        #expect(names[ObjectID(rawValue: 2)] == nil)
        #expect(names[ObjectID(rawValue: UInt32(ObjectNames.limit + 1))] != nil)
    }

    @Test func waitsAreKeptApartAndGiveTheLoopItsNumbers() throws {
        let channel = tracer.makeChannel(thread: 1)
        let fold = ModelFold(tracer: tracer, control: guest)
        show(at: 0.1)
        _ = fold.makeState()
        record(.call(.epollWait, start: 1000, duration: 9000), on: channel)
        record(.call(.fdRead, start: 10_100), on: channel)
        record(.call(.epollWait, start: 11_000, duration: 9000), on: channel)
        _ = fold.drain()
        show(at: 0.2)
        let state = fold.makeState()
        #expect(state.waits.count == 2)
        #expect(state.load.loopLag.count == 1)
        #expect(abs(try #require(state.load.waitShare) - 18.0 / 19.0) < 0.01)
    }

    @Test func theEndOfTheGuestStopsItsClockAndEmptiesTheRings() {
        let channel = tracer.makeChannel(thread: 1)
        let fold = ModelFold(tracer: tracer, control: guest)
        record(.call(.fdRead, start: TickClock.now() + 1_000_000_000_000), on: channel)
        show(at: 5) { $0.guest = .exited(code: 3) }
        guest.output.withLock { $0 = [OutputChunk(stream: .output, bytes: Array("bye\n".utf8))] }
        var state = fold.makeState()
        #expect(state.trace.count == 1)
        #expect(state.guest == .exited(code: 3))
        #expect(state.output.lines.last?.bytes == Array("bye".utf8))
        show(at: 50)
        state = fold.makeState()
        #expect(state.uptime == .seconds(5))
    }

    @Test(.timeLimit(.minutes(1))) func theInspectorPublishesFromItsThreadUntilStopped() async {
        let (states, continuation) = AsyncStream.makeStream(of: Void.self)
        let inspector = Inspector(tracer: tracer, control: guest) { continuation.yield() }
        let channel = tracer.makeChannel(thread: 1)
        record(.call(.fdRead, start: 1), on: channel)
        inspector.start()
        for await _ in states where inspector.latest.trace.count == 1 { break }
        inspector.stop()
        #expect(inspector.latest.totalCalls == 1)
    }
}
