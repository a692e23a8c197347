extension Unmanaged {
    /// As `_withUnsafeGuaranteedRef`, for a body that throws an error of one type: costs no retain either.
    @inlinable @inline(__always)
    public func withReference<Value, Failure: Error>(
        _ body: (Instance) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try _withUnsafeGuaranteedRef { instance in
            Result { () throws(Failure) in try body(instance) }
        }.get()
    }
}
