import Testing

@testable import Export

@Suite struct FilterCompletionTests {
    /// `|` is the cursor.
    private func completion(_ marked: String) -> FilterCompletion {
        let parts = marked.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        return FilterCompletion(of: parts.joined(), at: parts[0].count)
    }

    @Test func fieldsAndCallsBeginATerm() {
        #expect(completion("|").words.starts(with: FilterField.allCases.filter { $0 != .lint }.map(\.name)))
        #expect(!completion("|").words.contains("fd_read"))
        for before in ["", "ok and ", "not ", "!", "(", "ok or (dur>1ms and "] {
            let found = completion(before + "epoll_w|")
            #expect(found.words == ["epoll_wait"] && found.range == before.count..<before.count + 7, "\(before)")
            #expect(completion(before + "fd.|").words == ["fd.type", "fd.name"])
            #expect(completion(before + "%ep|").words == ["%epoll"])
        }
    }

    @Test func valuesAreThoseOfTheField() {
        #expect(completion("err=EAG|").words == ["EAGAIN"])
        #expect(completion("err = EAG|").words == ["EAGAIN"])
        #expect(completion("err in (EINTR, EAG|").words == ["EAGAIN"])
        #expect(completion("err in (EINTR,EAG|").range == 14..<17)
        #expect(completion("fd.type=t|").words == ["tcp", "tcp-ls"])
        #expect(completion("signal=SIGCH|").words == ["SIGCHLD"])
        #expect(completion("timeout=|").words == ["INF"])
        #expect(completion("call=fd_wr|").words == ["fd_write"])
        #expect(completion("call=%net,fd_wr|").range == 10..<15)
        #expect(completion("fd_read,!fd_wr|").words == ["fd_write"])
        #expect(completion("fd_read,|").words.contains("fd_write") && !completion("fd_read,|").words.contains("ok"))
        #expect(completion("fd=|").words.isEmpty)
        #expect(completion("failed and fd.type=|").words == FilterField.types)
    }

    @Test func connectivesFollowATerm() {
        #expect(completion("ok |").words == ["and", "or"])
        #expect(completion("ok a|").words == ["and"])
        #expect(completion("fd=7 |").words == ["and", "or"])
        #expect(completion("(ok o|").words == ["or"])
        #expect(completion("(ok)|").words == ["and", "or"])
    }

    @Test func whatIsBehindTheCursorStays() {
        let found = completion("dur>1ms and epoll_w| and ok")
        #expect(found.range == 12..<19 && found.words == ["epoll_wait"])
        #expect(FilterCompletion(of: "ok", at: -5).words == completion("|").words)
        #expect(FilterCompletion(of: "ok ", at: 500).words == ["and", "or"])
    }

    @Test func whateverIsOfferedFits() {
        for text in ["fd|", "err=E|", "call=f|", "ok and %|", "signal=S|", "e|"] {
            let found = completion(text)
            #expect(!found.words.isEmpty)
            for word in found.words {
                var characters = Array(text.dropLast())
                characters.replaceSubrange(found.range, with: word)
                let again = FilterCompletion(of: String(characters), at: characters.count)
                #expect(!again.words.contains(word), "\(text): \(word)")
            }
        }
    }
}
