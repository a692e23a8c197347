import Decode
import Trace

/// The files that a trace is about (`-P`), by the names that the guest knows.
package struct PathSet: Sendable {
    private var paths: Set<String> = []

    /// - Parameter paths: none for a trace of everything.
    package init(_ paths: [String] = []) { self.paths = Set(paths) }

    package var isEmpty: Bool { paths.isEmpty }

    /// Whether the call names one of the files, by itself or below the directory it gives, or has it open.
    func concerns(_ call: CallFields, objectName: (ObjectID) -> String?) -> Bool {
        let objects = call.touched.compactMap(objectName)
        if objects.contains(where: paths.contains) { return true }
        for path in call.paths {
            let path = String(decoding: path, as: UTF8.self)
            if paths.contains(path) { return true }
            for directory in objects where paths.contains(directory == "/" ? "/" + path : directory + "/" + path) {
                return true
            }
        }
        return false
    }
}
