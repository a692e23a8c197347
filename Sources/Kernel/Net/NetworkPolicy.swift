/// What the guest may do with the host's network. Denied unless granted.
package enum NetworkPolicy: Sendable {
    case denied
    case granted
}
