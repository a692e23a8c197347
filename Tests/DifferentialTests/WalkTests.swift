import TestSupport
import Testing

@testable import Differential

/// The whole way, with a made-up walk on both sides: a shell script that prints a line a step, and whose other form says
/// something else of step 30 once step 12 was done.
@Suite struct WalkTests {
    private static func script(_ line: String) -> String {
        """
        #!/bin/bash
        # Called as a program: SEED STEPS [RANGES]; as a runtime: run --net --dir . GUEST SEED STEPS [RANGES]
        [ "$1" != run ] || shift 5
        done_12=
        for range in $(echo "${3:-1-$2}" | tr , ' '); do
            for step in $(seq "${range%-*}" "${range#*-}"); do
                [ "$step" != 12 ] || done_12=yes
                \(line)
            done
        done
        """
    }

    @Test func aMadeUpDifferenceIsCutDownToItsTwoSteps() throws {
        let scratch = try Scratch()
        let native = try scratch.writeProgram(Self.script(#"echo "$step same""#), to: "native")
        let runtime = try scratch.writeProgram(
            Self.script(#"[ "$step$done_12" = 30yes ] && echo "30 other" || echo "$step same""#), to: "runtime")
        let walk = Walk(native: native, guest: "guest", runtime: runtime, seed: 1, steps: 100, timeLimit: 60)
        let whole = try walk.run()
        #expect(whole.difference == 30)
        var shrinker = Shrinker { try walk.run($0).difference }
        let left = try #require(try shrinker.shrink(Steps(numbers: Array(1...100))))
        #expect(left.numbers == [12, 30])
        #expect(try walk.run(left).text == "  12 same\n- 30 same\n+ 30 other\n")
    }

    @Test func aSideThatDoesNotEndDiffersAtItsLastStep() throws {
        let scratch = try Scratch()
        let native = try scratch.writeProgram("#!/bin/sh\necho '1 a'\necho '2 b'\n", to: "native")
        let runtime = try scratch.writeProgram("#!/bin/sh\necho '1 a'\nexec sleep 60\n", to: "runtime")
        let walk = Walk(native: native, guest: "guest", runtime: runtime, seed: 1, steps: 2, timeLimit: 4)
        let pair = try walk.run()
        #expect(pair.difference == 2)
        #expect(pair.text.contains("its time limit"))
    }
}
