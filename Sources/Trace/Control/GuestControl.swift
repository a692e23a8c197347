/// Acts on a running guest. Every function may be called from any thread.
public protocol GuestControl: AnyObject, Sendable {
    /// Bytes for the guest's standard input.
    func sendInput(_ bytes: [UInt8])
    /// End of file on the guest's standard input.
    func closeInput()
    /// Ends the guest, whatever its threads are doing.
    func terminate()
}
