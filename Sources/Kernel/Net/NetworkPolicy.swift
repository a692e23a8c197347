import WasixABI

/// What the guest may do with the host's network. Denied unless granted.
public enum NetworkPolicy: Sendable {
    case denied
    case granted

    /// The errno that `use` gets instead of reaching the host: ACCES, as socket(2) names it; success to go on.
    public func refusal(of use: NetworkUse) -> Errno {
        switch self {
        case .denied: .acces
        case .granted: .success
        }
    }
}
