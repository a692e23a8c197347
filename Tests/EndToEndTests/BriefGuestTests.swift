import Testing

extension Explained {
    /// Guests that are over before anybody has looked: `check` examines them as they were at their end.
    @Suite struct BriefGuests {
        @Test(arguments: [("edge", "et-not-drained", "read_once"), ("leak", "fd-leak", "use_and_forget")])
        func whatTheyLeaveBehindIsFound(mode: String, lint: String, function: String) throws {
            for run in try concurrently(
                Array(0..<8), { _ in try CheckRun(["--deny", "all", Product.guest("brief"), mode]) })
            {
                #expect(run.lints == [lint], "\(run.text)")
                #expect(run.outcome.status == 1)
                let frames = run.findings.first?["stacks"]?.elements?.first?["frames"]?.elements ?? []
                #expect(frames.contains { $0["function"]?.string == function }, "\(run.text)")
            }
        }

        @Test(arguments: ["drained", "pool", "nothing"]) func whatOnlyLooksLikeItIsNot(mode: String) throws {
            for run in try concurrently(
                Array(0..<8), { _ in try CheckRun(["--deny", "all", Product.guest("brief"), mode]) })
            {
                #expect(run.lints == [] && run.outcome.status == 0, "\(run.text)")
            }
        }

        /// The failed call alone says where, whenever it was; with `--stacks` every fact does.
        @Test func factsSayWhereTheyWere() throws {
            let plain = try CheckRun([Product.guest("lints/ctl-error-unseen"), "fire"])
            let failed = try #require(plain.findings.first { $0["lint"]?.string == "ctl-error-unseen" })
            #expect(failed["stacks"]?.elements?.first?["frames"]?.elements?.isEmpty == false, "\(plain.text)")
            let kept = try CheckRun(["--stacks", Product.guest("brief"), "edge"])
            let facts = try #require(kept.findings.first?["evidence"]?.elements)
            let places = facts.flatMap { $0["frames"]?.elements ?? [] }.compactMap { $0["function"]?.string }
            #expect(places.contains("read_once") && places.contains("serve"), "\(kept.text)")
        }
    }
}
