#if DEBUG
    import Glibc

    /// A failure that a test wants the host to have. Of the calling thread; debug builds alone have it.
    final class ForcedFailure {
        private let kind: HostCall.Kind
        private let code: Int32
        /// Calls of the kind that are still to succeed before.
        private var passes: Int
        private var isUsed = false

        private init(_ kind: HostCall.Kind, _ code: Int32, passes: Int) {
            self.kind = kind
            self.code = code
            self.passes = passes
        }

        /// The thread's failure, while `during` runs.
        private static let key: pthread_key_t = {
            var key = pthread_key_t()
            pthread_key_create(&key, nil)
            return key
        }()

        /// Runs `body` with the next call of that kind failing, once; `passes` of them go well before.
        /// - Returns: what `body` answers, and whether the call was made.
        static func during<Result>(
            _ kind: HostCall.Kind, _ code: Int32, after passes: Int = 0, _ body: () -> Result
        ) -> (result: Result, isUsed: Bool) {
            let failure = ForcedFailure(kind, code, passes: passes)
            pthread_setspecific(key, Unmanaged.passUnretained(failure).toOpaque())
            defer { pthread_setspecific(key, nil) }
            let result = body()
            return (result, failure.isUsed)
        }

        /// The errno with which the host call about to be made is to fail; nil when it is to be made.
        static func take(_ kind: HostCall.Kind) -> Int32? {
            guard let found = pthread_getspecific(key) else { return nil }
            return Unmanaged<ForcedFailure>.fromOpaque(found)._withUnsafeGuaranteedRef { failure in
                guard failure.kind == kind, !failure.isUsed else { return nil }
                guard failure.passes == 0 else {
                    failure.passes -= 1
                    return nil
                }
                failure.isUsed = true
                return failure.code
            }
        }
    }
#endif
