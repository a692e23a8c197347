import Foundation
import Testing

extension AgainstNative {
    /// Programs of other toolchains: the same source built natively must print the same and exit alike.
    @Suite struct Toolchains {
        @Test(arguments: ["c", "cpp", "rust", "tokio", "zig"])
        func programBehavesAsItsNativeBuild(name: String) throws {
            try expectSameAsNative(name, directory: ".")
        }

        /// Go's library knows directories by absolute names only.
        @Test(.enabled(if: Product.has("toolchains/go.wasm"), "Go is left out"))
        func goBehavesAsItsNativeBuild() throws {
            try expectSameAsNative("go", directory: ".::/")
        }

        private func expectSameAsNative(_ name: String, directory: String) throws {
            let words = ["3", "word", "two words", ""]
            let path = try Product.toolchain(name)
            let nativeScratch = try Scratch()
            var native = Command(path, words)
            native.directory = nativeScratch.path
            native.environment = ["GREETING": "good morning"]
            let reference = try native.run()

            let scratch = try Scratch()
            var guest = Command(
                Product.program,
                ["run", "--dir", directory, "--env", "GREETING=good morning", path + ".wasm"] + words)
            guest.directory = scratch.path
            guest.environment = ["NOT_THERE": "the host's environment is not the guest's"]
            let ours = try guest.run()

            #expect(reference.status == 3)
            #expect(ours.status == 3, "\(ours.errors)")
            expectSameTranscript(ours.output, as: reference.output, name)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
        }
    }
}
