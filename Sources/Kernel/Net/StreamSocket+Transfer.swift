import Glibc
import WasixABI

/// Moving data. In the common case that is one host call and nothing else.
extension StreamSocket {
    /// `recv`: waits for the first byte (WAITALL: for all of them) unless NONBLOCK or DONT_WAIT. 0 bytes at the end of
    /// the stream. May block.
    ///
    /// PEEK with WAITALL answers what there is; DATA_TRUNCATED drops the bytes uncopied, as MSG_TRUNC does (tcp(7)).
    func receive(into vectors: IoVectors, _ flags: RiFlags, _ thread: GuestThread) -> IoResult {
        let answer = receiveOnce(vectors, flags)
        if answer > 0, answer == vectors.total || !flags.waitsForAll { return .done(answer) }
        return receiveSlowly(answer, vectors, flags, thread)
    }

    /// - Returns: the host's answer, after counting its bytes and noting what it says about readiness.
    @inline(__always)
    private func receiveOnce(_ vectors: IoVectors, _ flags: RiFlags) -> Int {
        let hostFlags = flags.hostFlags
        let edges = edgeCount
        let answer = withoutLock { HostNet.receive(hostFd, vectors, hostFlags) }
        if answer > 0, !flags.contains(.peek) {
            bytesIn &+= UInt64(answer)
            if answer < vectors.total, family != .unix { readShort(since: edges) }
        } else if answer == -Int(EAGAIN) {
            wouldBlock(.in, since: edges)
        }
        return answer
    }

    /// Goes on after a first host call that ended with `answer` and did not complete the receive.
    private func receiveSlowly(
        _ answer: Int, _ vectors: IoVectors, _ flags: RiFlags, _ thread: GuestThread
    ) -> IoResult {
        var answer = answer
        var rest = vectors
        var done = 0
        var deadline = CallDeadline()
        while true {
            if answer > 0 {
                done += answer
                rest.drop(answer)
                if rest.total == 0 || !flags.waitsForAll { return .done(done) }
            } else if answer == -Int(EAGAIN) {
                guard !isNonBlocking, !flags.contains(.dontWait) else { return partial(done, .again) }
                let end = deadline.end(after: timeouts.receive, kernel.clock)
                do throws(Errno) {
                    try hostReady(for: .in, until: end, thread)
                } catch {
                    return partial(done, error)
                }
            } else {
                return ended(done, answer)
            }
            answer = receiveOnce(rest, flags)
        }
    }

    /// `send`: waits until all is taken unless NONBLOCK or DONT_WAIT. May block.
    func send(_ vectors: IoVectors, _ flags: SiFlags, _ thread: GuestThread) -> IoResult {
        let answer = sendOnce(vectors)
        return answer == vectors.total ? .done(answer) : sendRest(answer, vectors, flags, thread)
    }

    /// - Returns: the host's answer, after counting its bytes and noting what it says about readiness.
    @inline(__always)
    private func sendOnce(_ vectors: IoVectors) -> Int {
        let edges = edgeCount
        let answer = withoutLock { HostNet.send(hostFd, vectors) }
        if answer >= 0 { bytesOut &+= UInt64(answer) }
        if answer == -Int(EAGAIN) || 0..<vectors.total ~= answer { wouldBlock(.out, since: edges) }
        return answer
    }

    private func sendRest(
        _ answer: Int, _ vectors: IoVectors, _ flags: SiFlags, _ thread: GuestThread
    ) -> IoResult {
        var answer = answer
        var rest = vectors
        var done = 0
        var deadline = CallDeadline()
        while true {
            if answer >= 0 {
                done += answer
                rest.drop(answer)
                if rest.total == 0 { return .done(done) }
            } else if answer != -Int(EAGAIN) {
                return ended(done, answer)
            }
            guard !isNonBlocking, !flags.contains(.dontWait) else { return partial(done, .again) }
            let end = deadline.end(after: timeouts.send, kernel.clock)
            do throws(Errno) {
                try hostReady(for: .out, until: end, thread)
            } catch {
                return partial(done, error)
            }
            answer = sendOnce(rest)
        }
    }

    private func partial(_ done: Int, _ failure: Errno) -> IoResult { done > 0 ? .done(done) : .failed(failure) }

    /// The stream's end (`answer` 0) or an error. The host reports an error once, so after bytes that were moved it is
    /// kept for the next call.
    private func ended(_ done: Int, _ answer: Int) -> IoResult {
        if done > 0 {
            if answer < 0 { deferredError = Errno(failure: answer) }
            return .done(done)
        }
        if let error = deferredError {
            deferredError = nil
            return .failed(error)
        }
        return answer == 0 ? .done(0) : .failed(Errno(failure: answer))
    }
}

extension RiFlags {
    /// Not with PEEK, which would only see the same bytes again.
    fileprivate var waitsForAll: Bool { contains(.waitAll) && !contains(.peek) }

    @inline(__always)
    var hostFlags: Int32 {
        if isDisjoint(with: [.peek, .dataTruncated]) { return 0 }
        var flags = 0
        if contains(.peek) { flags |= Int(MSG_PEEK) }
        if contains(.dataTruncated) { flags |= Int(MSG_TRUNC) }
        return Int32(flags)
    }
}
