import Kernel
import Runtime

/// The guests of lessons: every one starts with these options.
enum LessonGuest {
    static func options(_ module: ByteString, _ arguments: [String]) -> GuestOptions {
        var options = GuestOptions(module: module, arguments: arguments.map { ByteString($0) })
        options.isInterruptible = true
        // Nothing times out while somebody reads.
        options.freezesClock = true
        options.stdio = .captured(input: "/dev/null")
        return options
    }
}
