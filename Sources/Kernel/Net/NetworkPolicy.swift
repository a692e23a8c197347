/// What the guest may do with the host's network. Denied unless granted.
public enum NetworkPolicy: Sendable {
    case denied
    case granted
}
