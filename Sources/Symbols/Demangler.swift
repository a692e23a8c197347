/// Turns the names that compilers give to functions into those that programmers wrote.
package enum Demangler {
    /// What clang for WebAssembly makes of `main`, whose two shapes must not share a name.
    private static let mains: Set = ["__original_main", "__main_argc_argv"]

    /// `ns::Type::method(int)` for an Itanium C++ name, `krate::module::function` for a Rust one; anything else, and
    /// what is not understood to its end, comes back unchanged.
    package static func name(_ mangled: String) -> String {
        if mains.contains(mangled) { return "main" }
        guard mangled.hasPrefix("_"), mangled.utf8.count <= DemanglerLimits.longest else { return mangled }
        let readable: String? =
            if mangled.hasPrefix("_R") {
                RustName.read(mangled)
            } else if mangled.hasPrefix("_Z") {
                RustLegacyName.read(mangled) ?? ItaniumName.read(mangled)
            } else {
                nil
            }
        guard let readable, readable.utf8.count <= DemanglerLimits.longest else { return mangled }
        return readable
    }
}
