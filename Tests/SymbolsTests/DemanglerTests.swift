import Testing

@testable import Symbols

@Suite struct DemanglerTests {
    /// Both shapes of `main` that clang makes for WebAssembly.
    @Test(arguments: ["__original_main", "__main_argc_argv"]) func mainIsMain(name: String) {
        #expect(Demangler.name(name) == "main")
        #expect(Demangler.name(name + "_") == name + "_")
    }

    @Test(arguments: cppNames) func cppNamesAreReadable(mangled: String, readable: String) {
        #expect(Demangler.name(mangled) == readable)
    }

    @Test(arguments: rustNames) func rustNamesAreReadable(mangled: String, readable: String) {
        #expect(Demangler.name(mangled) == readable)
    }

    @Test(arguments: [
        "", "_", "_Z", "_R", "_start", "main", "ns::f(int)", "_Z1", "_Z1fIi", "_Z1fS_", "_Z1fT_", "_ZN1AE1", "_Z1fvX",
        "_RNv", "_RNvC1a", "_RNvC1aB9_", "_RNvC1au3fo_bar", "_R0NvC1a1f", "_Z99999999999999999999f",
        "_Z1fILf3f800000EEvv", "_ZNH1A1fEv", "$s4main3fooyyF", "_Z3f\u{e9}v1", "_ZZ1fvE",
        "_ZcvT_",
    ]) func whatIsNotUnderstoodIsLeftAlone(name: String) {
        #expect(Demangler.name(name) == name)
    }

    /// Names that stand for a text without end, or nest without end, or refer to themselves.
    @Test func hostileNamesAreLeftAlone() {
        var doubling = "_Z1f1AIiE"
        for step in 0..<30 {
            let earlier = "S\(String(2 * step, radix: 36, uppercase: true))_"
            doubling += "1BI\(earlier)\(earlier)E"
        }
        var names = [doubling, "_ZNK1AcvT_IT_EEv", "_RNvB_1a", "_RINvC1aB0_E"]
        for piece in ["P", "N", "I", "J", "K", "A_", "F", "M", "Z1f", "Ul", "Dp", "XL", "DTpl", "C", "T", "R", "B"] {
            names.append("_Z1f" + String(repeating: piece, count: 4000 / piece.utf8.count))
            names.append("_Z1fI" + String(repeating: piece, count: 900))
            names.append("_RI" + String(repeating: piece, count: 900))
        }
        names.append("_Z1f1500" + String(repeating: "a", count: 1500) + String(repeating: "S_", count: 1000))
        names.append("_Z4090" + String(repeating: "a", count: 4090) + "v")
        for name in names { #expect(Demangler.name(name) == name) }
    }

    @Test func damagedNamesDoNotTrap() {
        var random = SplitMix(state: 7)
        let letters = Array("ISTJE_NZLXDpOKRP0123456789SabcFQ$.".utf8)
        for (name, _) in Self.cppNames + Self.rustNames {
            for _ in 0..<60 {
                var bytes = Array(name.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 2..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[place] = letters.randomElement(using: &random)!
                    case 1: bytes.insert(letters.randomElement(using: &random)!, at: place)
                    case 2: bytes.insert(contentsOf: Array(bytes[place...].prefix(12)), at: place)
                    default: if bytes.count > 4 { bytes.remove(at: place) }
                    }
                }
                _ = Demangler.name(String(decoding: bytes, as: UTF8.self))
            }
        }
    }
}
