/// A guest process. The first one is 1.
package struct ProcessID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let initial = ProcessID(rawValue: 1)
    package static func < (a: ProcessID, b: ProcessID) -> Bool { a.rawValue < b.rawValue }
}

/// A guest thread, unique over all processes; fits 29 bits because libc stores it in lock words.
package struct ThreadID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static func < (a: ThreadID, b: ThreadID) -> Bool { a.rawValue < b.rawValue }
}

/// A descriptor number as the guest sees it.
package struct FdNumber: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static func < (a: FdNumber, b: FdNumber) -> Bool { a.rawValue < b.rawValue }
}

/// An open file description, never reused while the program runs; 0 stands for none.
package struct ObjectID: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package static let none = ObjectID(rawValue: 0)
    package static func < (a: ObjectID, b: ObjectID) -> Bool { a.rawValue < b.rawValue }
}
