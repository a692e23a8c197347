import Foundation
import Testing

extension AgainstNative {
    /// Programs of other hands, from Debian's source packages: their own test suites say the same of the native program
    /// and of the guest. A program that could not be fetched or built is skipped.
    @Suite struct OtherPrograms {
        private static func isHere(_ names: String...) -> Bool {
            names.allSatisfy { Product.has("programs/\($0)", "programs/\($0).wasm") }
        }

        /// - Parameter verdict: what the suite says when all is well.
        private func expectTheSame(_ name: String, saying verdict: String) throws {
            let suite = [Product.root + "/Tests/Guests/programs/suite.sh", name, try Product.programs()]
            let (nativeScratch, scratch) = (try Scratch(), try Scratch())
            var native = Command("/bin/sh", suite, timeLimit: 300)
            native.directory = nativeScratch.path
            let reference = try native.run()
            #expect(reference.status == 0, "\(reference.output) \(reference.errors)")
            #expect(reference.output.contains(verdict), "\(reference.output)")

            var guest = Command("/bin/sh", suite + [Product.program], timeLimit: 600)
            guest.directory = scratch.path
            let ours = try guest.run()
            #expect(ours.status == 0, "\(ours.output) \(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
        }

        @Test(.enabled(if: isHere("bzip2"), "left out")) func bzip2() throws {
            try expectTheSame("bzip2", saying: "If you got this far and the 'cmp's didn't complain")
        }

        @Test(.enabled(if: isHere("minigzip", "example"), "left out")) func zlib() throws {
            try expectTheSame("zlib", saying: "*** zlib test OK ***")
        }

        @Test(.enabled(if: isHere("clzip"), "left out")) func clzip() throws {
            try expectTheSame("clzip", saying: "tests completed successfully.")
        }

        @Test(.enabled(if: isHere("yacc"), "left out")) func byacc() throws {
            try expectTheSame("byacc", saying: "...ok test/yacc/calc.tab.c")
        }

        @Test(.enabled(if: isHere("awk"), "left out")) func awk() throws {
            try expectTheSame("awk", saying: "\np.52:\n")
        }

        @Test(.enabled(if: isHere("pcre2test", "pcre2grep"), "left out")) func pcre2() throws {
            try expectTheSame("pcre2", saying: "Test 26: Auto-generated unicode property tests\n  OK\n")
        }

        @Test(.enabled(if: isHere("lua"), "left out")) func lua() throws {
            try expectTheSame("lua", saying: "Ok!\n")
        }
    }
}
