import Kernel
import WasixABI

/// What a guest is given before it starts: standard streams first, granted directories from descriptor 3 on.
enum GuestSetup {
    static func streams(_ options: GuestOptions, _ process: GuestProcess) throws(LaunchError) -> CapturedStreams? {
        do throws(Errno) {
            switch options.stdio {
            case .inherited(nil):
                try StandardStreams.inherit(into: process)
                return nil
            case .inherited(let input?):
                try open(input, process)
                try StandardStreams.inherit(1, into: process)
                try StandardStreams.inherit(2, into: process)
                return nil
            case .captured:
                return try StandardStreams.capture(into: process)
            }
        } catch {
            throw LaunchError(.failure, "standard streams: \(error.text)")
        }
    }

    private static func open(_ input: String, _ process: GuestProcess) throws(Errno) {
        try StandardStreams.input(from: input, into: process)
    }

    static func grants(_ options: GuestOptions, _ process: GuestProcess) throws(LaunchError) {}
}
