import Terminal
import Testing
import UI

@Suite struct LoadingScreenTests {
    private func lines(_ stage: LoadingScreen.Stage, program: String = "app.wasm", _ size: Size) -> [String] {
        LoadingScreen(program: program, stage: stage, seconds: 3).frame(size, .utf8).text
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func itSaysWhatGoesOnAndForHowLong() {
        let size = Size(columns: 60, rows: 6)
        #expect(
            lines(.compiling(bytes: 18_450_000), size) == [
                " wasix-top  LOADING", "", " compiling app.wasm, 18 MB  3 s", "", "", " qQuit",
            ])
        #expect(lines(.reading(bytes: 640_000, of: 1_250_000), size)[2] == " reading app.wasm, 640 KB of 1.2 MB  3 s")
        #expect(lines(.reading(bytes: 12, of: nil), size)[2] == " reading app.wasm, 12 bytes so far  3 s")
        #expect(lines(.reading(bytes: 0, of: 0), size)[2] == " reading app.wasm, 0 bytes so far  3 s")
    }

    @Test(arguments: [(1, 1), (5, 2), (20, 3), (200, 60)]) func itFitsEverySize(columns: Int, rows: Int) {
        let canvas = LoadingScreen(program: "a\u{1b}[2J\nb", stage: .compiling(bytes: 1), seconds: 0).frame(
            Size(columns: columns, rows: rows), .ascii)
        #expect(canvas.size == Size(columns: columns, rows: rows))
        #expect(!canvas.text.contains("\u{1b}"))
    }
}
