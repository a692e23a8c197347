import Foundation
import Testing

extension AgainstNative {
    /// Modules with 64-bit memory, which import from `wasix_64v1`: the sources of the scenarios, built for wasm64.
    @Suite struct WideModules {
        private func wide(_ name: String) throws -> String {
            try Product.guest(name).replacingOccurrences(of: "/wasm/", with: "/wasm64/")
        }

        @Test(arguments: ["trigger", "identity", "waiting", "network"])
        func guestPrintsWhatLinuxPrints(name: String) throws {
            let scratch = try Scratch()
            var native = try Command(Product.native(name))
            native.directory = scratch.path
            let reference = try native.run()
            #expect(reference.status == 0)
            let ours = try Product.call(["run", "--net", "--dir", scratch.path, wide(name)])
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
        }

        @Test func pollingIsTheSameInBothWidths() throws {
            let scratch = try Scratch()
            let ours = try Product.call(["run", "--dir", scratch.path, wide("poll")])
            #expect(ours.status == 0, "\(ours.errors)")
            expectSameTranscript(ours.output, as: try Product.golden("poll"), "poll")
        }

        @Test(arguments: [1, 2])
        func randomWalksMatchLinux(seed: Int) throws {
            func transcripts() throws -> (ours: String, reference: String) {
                let scratch = try Scratch()
                var native = try Command(Product.native("walk"), ["\(seed)", "2000"])
                native.directory = scratch.path
                let reference = try native.run()
                let grants = ["--net", "--dir", scratch.path + "::."]
                let ours = try Product.call(["run"] + grants + [wide("walk"), "\(seed)", "2000"])
                #expect(ours.status == 0, "\(ours.errors)")
                return (ours.output, reference.output)
            }
            // The host works on packets when it comes to it: what differs once alone is its doing.
            let first = try transcripts()
            let walk = first.ours == first.reference ? first : try transcripts()
            expectSameTranscript(walk.ours, as: walk.reference, "walk \(seed)")
        }

        /// Addresses, buffers, lengths, events: everything that is twice as wide.
        @Test func callsAreDecodedWithWidePointers() throws {
            let scratch = try Scratch()
            let outcome = try Product.call(["trace", "-o", scratch.file("trace"), wide("waiting")])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = try #require(scratch.read("trace")).split(separator: "\n").map(String.init)
            func first(_ call: String) -> String { lines.first { $0.contains(" \(call)(") } ?? "" }
            #expect(first("callback_signal").contains(#"callback_signal("__wasm_signal")"#))
            #expect(first("args_sizes_get").contains("args_sizes_get(argc=1, buf_size="))
            let pointers = first("args_get").split(whereSeparator: { "(,) ".contains($0) }).filter {
                $0.hasPrefix("0x")
            }
            #expect(pointers.count == 2, "\(first("args_get"))")
            #expect(first("fd_write").contains(#"fd_write(1<stdout>, [{"14. a waiting thread"#))
            #expect(first("thread_spawn_v2").contains("stack_size=65536"), "\(first("thread_spawn_v2"))")
            #expect(first("epoll_ctl").contains("EPOLL_CTL_ADD, "), "\(first("epoll_ctl"))")
            #expect(first("epoll_ctl").contains("{EPOLLIN"), "\(first("epoll_ctl"))")
            #expect(
                lines.contains { $0.contains("epoll_wait(") && $0.contains("data=0x") && $0.hasSuffix("= 1") })
            #expect(!lines.contains { $0.contains("?") && !$0.contains("\"") }, "something was not decoded")
        }
    }
}
