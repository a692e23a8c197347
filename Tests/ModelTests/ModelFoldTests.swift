import Synchronization
import TestSupport
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
        var inspection = Inspection(tracer, guest)
        inspection.drain()
        show(at: 1)
        let state = inspection.look()
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
        var inspection = Inspection(tracer, guest)
        for tick in 0...40 {
            for _ in 0..<(tick < 20 ? 100 : 20) {
                channel.counters.add(call: Int(CallID.fdRead.rawValue), failed: false, ticks: 1)
            }
            show(at: Double(tick) * 0.1) { $0.descriptors = [.pipe(3, object: 9, bytesIn: UInt64(tick * 50))] }
            let state = inspection.look()
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
        var inspection = Inspection(tracer, guest)
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9), .pipe(4, object: 10)] }
        var state = inspection.look()
        #expect(state.descriptors.allSatisfy { $0.mark.isNew(at: state.now) })
        show(at: 4) { $0.descriptors = [.pipe(3, object: 11), .pipe(4, object: 10)] }
        state = inspection.look()
        #expect(state.descriptors.map(\.id.object.rawValue) == [9, 11, 10])
        #expect(state.descriptors.map(\.mark.isClosed) == [true, false, false])
        #expect(state.descriptors.map { $0.mark.isNew(at: state.now) } == [false, true, false])
        show(at: 9.9)
        #expect(inspection.look().descriptors.count == 3)
        show(at: 10)
        #expect(inspection.look().descriptors.map(\.id.object.rawValue) == [11, 10])
    }

    @Test func namesOutliveTheirObjectsAndFollowChanges() {
        let channel = tracer.makeChannel(thread: 1)
        var inspection = Inspection(tracer, guest)
        guest.names.withLock { $0 = [ObjectID(rawValue: 9): "pipe#1 r", ObjectID(rawValue: 20): "tcp short-lived"] }
        record(.call(.fdRead, start: 1, object: 20), on: channel)
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9)] }
        let state = inspection.look()
        #expect(state.names[ObjectID(rawValue: 9)] == "pipe#1 r")
        #expect(state.names[ObjectID(rawValue: 20)] == "tcp short-lived")
        guest.names.withLock { $0[ObjectID(rawValue: 9)] = "/renamed" }
        show(at: 2) { $0.descriptors[0].detail = .path("/renamed") }
        #expect(inspection.look().names[ObjectID(rawValue: 9)] == "/renamed")
        show(at: 3) { $0.descriptors = [] }
        #expect(inspection.look().names[ObjectID(rawValue: 9)] == "/renamed")
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
        var inspection = Inspection(tracer, guest)
        show(at: 0.1)
        _ = inspection.look()
        record(.call(.epollWait, start: 1000, duration: 9000), on: channel)
        record(.call(.fdRead, start: 10_100), on: channel)
        record(.call(.epollWait, start: 11_000, duration: 9000), on: channel)
        inspection.drain()
        show(at: 0.2)
        let state = inspection.look()
        #expect(state.waits.count == 2)
        #expect(state.load.loopLag.count == 1)
        #expect(abs(try #require(state.load.waitShare) - 18.0 / 19.0) < 0.01)
    }

    @Test func theEndOfTheGuestStopsItsClockAndEmptiesTheRings() {
        let channel = tracer.makeChannel(thread: 1)
        var inspection = Inspection(tracer, guest)
        record(.call(.fdRead, start: TickClock.now() + 1_000_000_000_000), on: channel)
        show(at: 5) { $0.guest = .exited(code: 3) }
        guest.output.withLock { $0 = [OutputChunk(stream: .output, bytes: Array("bye\n".utf8))] }
        var state = inspection.look()
        #expect(state.trace.count == 1)
        #expect(state.guest == .exited(code: 3))
        #expect(state.output.lines.last?.bytes == Array("bye".utf8))
        show(at: 50)
        state = inspection.look()
        #expect(state.uptime == .seconds(5))
    }

    @Test func theInspectorPublishesFromItsThreadUntilStopped() throws {
        let published = Mutex(0)
        let inspector = Inspector(source: LiveSource(tracer: tracer, guest: guest)) { _ in
            published.withLock { $0 += 1 }
        }
        let channel = tracer.makeChannel(thread: 1)
        record(.call(.fdRead, start: 1), on: channel)
        inspector.start()
        try awaitCondition("the record is published") { inspector.latest.trace.count == 1 }
        inspector.stop()
        #expect(inspector.latest.totalCalls == 1 && published.withLock { $0 } > 0)
    }

    /// Looks are far apart: a guest that ends between two of them, or before the first, is seen all the same.
    @Test func theInspectorLooksOnceMoreWhenItIsStopped() {
        let inspector = Inspector(source: LiveSource(tracer: tracer, guest: guest)) { _ in }
        inspector.start()
        let channel = tracer.makeChannel(thread: 1)
        record(.call(.fdRead, start: 1), on: channel)
        show(at: 0.005) { $0.guest = .exited(code: 3) }
        inspector.stop()
        #expect(inspector.latest.guest == .exited(code: 3))
        #expect(inspector.latest.trace.count == 1)
    }

    @Test func anEndedThreadKeepsItsTallyAsLongAsItIsShown() throws {
        let channel = tracer.makeChannel(thread: 1)
        var inspection = Inspection(tracer, guest)
        show(at: 1) { $0.threads = [.blocked(1, in: .fdRead, calls: 0, since: 0)] }
        _ = inspection.look()
        for start in 1...3 as ClosedRange<UInt64> { record(.call(.fdRead, start: start), on: channel) }
        tracer.end(channel)
        for second in 2...4 {
            show(at: Double(second)) { $0.threads = [] }
            let row = try #require(inspection.look().threads.first)
            #expect(row.thread.state == .ended && row.received == 3)
        }
        #expect(tracer.allChannels.isEmpty)
    }

    /// Within a tenth: the rate of the ticks is measured anew when they are read.
    @Test func timeInWaitsIsNoTimeSpent() throws {
        let channel = tracer.makeChannel(thread: 1)
        let rate = tracer.clock.nanosecondsPerTick()
        let tick = { (nanoseconds: Double) in UInt64(nanoseconds / rate) }
        channel.counters.add(
            call: Int(CallID.epollWait.rawValue), failed: false, ticks: tick(1e9), waitTicks: tick(0.999e9))
        channel.counters.add(call: Int(CallID.fdWrite.rawValue), failed: false, ticks: tick(3e6))
        show(at: 2) { $0.threads = [.blocked(1, in: .futexWait, calls: 2, since: $0.takenAt - .seconds(1))] }
        var inspection = Inspection(tracer, guest)
        let calls = inspection.look().calls
        let wait = try #require(calls.first { $0.call == .epollWait })
        #expect(abs(Double(wait.busy) / 1e6 - 1) < 0.1)
        let write = try #require(calls.first { $0.call == .fdWrite })
        #expect(abs(Double(write.busy) / 3e6 - 1) < 0.1)
        // A call in progress sleeps: it takes a second so far and has spent nothing.
        let blocked = try #require(calls.first { $0.call == .futexWait })
        #expect(blocked.wall == .seconds(1) && blocked.busy == 0)
    }

    @Test func bytesOfDescriptorsThatNoSnapshotSawCount() {
        var inspection = Inspection(tracer, guest)
        var state = ModelState()
        for tick in 0...20 as ClosedRange<UInt64> {
            // A connection a tick, each of 100 bytes in and 50 out, gone before anyone looks.
            show(at: Double(tick) * 0.1) {
                $0.closedTraffic = Traffic(bytesIn: tick * 100, bytesOut: tick * 50)
            }
            state = inspection.look()
        }
        #expect(abs(state.load.inPerSecond - 1000) < 1)
        #expect(abs(state.load.outPerSecond - 500) < 1)
    }

    @Test func whatADescriptorReadBeforeItsFirstSnapshotCounts() throws {
        var inspection = Inspection(tracer, guest)
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9)] }
        _ = inspection.look()
        show(at: 1.5) { $0.descriptors = [.pipe(3, object: 9), .pipe(4, object: 10, bytesIn: 500)] }
        let state = inspection.look()
        #expect(abs(state.descriptors[1].inPerSecond - 1000) < 1)
        #expect(abs(state.load.inPerSecond - 1000) < 1)
        // An older description under a new number is no new traffic.
        show(at: 2) { $0.descriptors.append(.pipe(5, object: 9, bytesIn: 700)) }
        #expect(inspection.look().descriptors[2].inPerSecond == 0)
    }

    @Test func aDescriptionThatIsClosedWhileASnapshotIsTakenDoesNotCountBackwards() {
        var inspection = Inspection(tracer, guest)
        show(at: 1) { $0.descriptors = [.pipe(3, object: 9, bytesIn: 1000)] }
        _ = inspection.look()
        show(at: 2) { $0.descriptors = [] }
        #expect(inspection.look().load.inPerSecond == 0)
        show(at: 3) { $0.closedTraffic.bytesIn = 1000 }
        #expect(inspection.look().load.inPerSecond == 0)
    }

    @Test func recordedInputsFoldToTheStateOfTheLiveRun() throws {
        let channel = tracer.makeChannel(thread: 1)
        var inspection = Inspection(tracer, guest)
        var live: [ModelState] = []
        for round in 1...UInt64(12) {
            for step in 1...50 {
                let start = round * 10_000 + UInt64(step) * 20
                let reserved = try #require(channel.ring.reservePayload(3))
                reserved.bytes.storeBytes(of: UInt8(step), as: UInt8.self)
                var call = TraceRecord.call(
                    step % 7 == 0 ? .epollWait : .fdRead, start: start, duration: 11,
                    errno: step % 5 == 0 ? .again : .success, object: UInt32(step))
                call.payloadPosition = reserved.position
                call.payloadLength = 3
                record(call, on: channel)
            }
            guest.names.withLock { $0[ObjectID(rawValue: UInt32(round))] = "pipe \(round)" }
            guest.output.withLock { $0.append(OutputChunk(stream: .output, bytes: Array("line \(round)\n".utf8))) }
            if round % 2 == 0 { inspection.drain() }
            show(at: Double(round)) { snapshot in
                snapshot.descriptors = [.pipe(3, object: 9 + UInt32(round / 4), bytesIn: round * 100)]
                snapshot.threads = [.blocked(1, in: .fdRead, calls: round * 50, since: snapshot.takenAt - 5)]
                if round == 12 { snapshot.guest = .exited(code: 0) }
            }
            live.append(inspection.look())
        }
        let replayed = ModelState.folded(inspection.inputs)
        #expect(replayed.count == live.count)
        for (one, other) in zip(live, replayed) { #expect(one.text == other.text) }
        // What is compared is not empty, and not the same every time.
        #expect(Set(live.map(\.text)).count == live.count)
        #expect(live.last?.text.contains("pipe 12") == true)
    }

    @Test func aCallInProgressCountsFromItsBegin() throws {
        let channel = tracer.makeChannel(thread: 1)
        var inspection = Inspection(tracer, guest)
        show(at: 5) { $0.threads = [.blocked(1, in: .fdRead, calls: 0, since: $0.takenAt - .seconds(3))] }
        var reads = try #require(inspection.look().calls.first)
        #expect(reads.call == .fdRead && reads.calls == 1 && reads.inProgress == 1)
        #expect(reads.wall == .seconds(3))
        // It has returned since the snapshot: counted once, not twice.
        record(.call(.fdRead, start: 1, duration: 7), on: channel)
        reads = try #require(inspection.look().calls.first)
        #expect(reads.calls == 1 && reads.inProgress == 0)
        show(at: 6) { $0.threads = [.blocked(1, in: .fdRead, calls: 1, since: $0.takenAt - .seconds(1))] }
        let state = inspection.look()
        #expect(state.calls.first?.calls == 2)
        #expect(state.totalCalls == 2)
    }
}

extension ModelState {
    /// Everything in it as text, records and their payloads too.
    fileprivate var text: String {
        var copy = self
        copy.trace = TraceHistory()
        copy.waits = TraceHistory()
        copy.output = OutputHistory()
        copy.names = ObjectNames()
        var text = ""
        dump(copy, to: &text)
        for history in [trace, waits] {
            for entry in history.newest(.max) {
                dump(entry.record, to: &text)
                text += "\(entry.sequence) \(entry.thread) \(entry.withPayload { Array($0) })\n"
            }
        }
        for number in output.lines.range { text += "\(output.lines[number])\n" }
        for object in 0..<UInt32(64) { text += names[ObjectID(rawValue: object)] ?? "" }
        return text
    }
}
