/// A guest process. The first one is 1.
public struct ProcessID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Stands for no process.
    public static let none = ProcessID(rawValue: 0)
    public static let initial = ProcessID(rawValue: 1)
    public static func < (a: ProcessID, b: ProcessID) -> Bool { a.rawValue < b.rawValue }
}

/// A guest thread, unique over all processes; fits 29 bits because libc stores it in lock words.
public struct ThreadID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    /// The initial process's main thread.
    public static let main = ThreadID(rawValue: 1)
    /// No thread of the guest: whoever inspects it, in records of what was done to the guest.
    public static let inspector = ThreadID(rawValue: 0)
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: ThreadID, b: ThreadID) -> Bool { a.rawValue < b.rawValue }
}

/// A descriptor number as the guest sees it.
public struct FdNumber: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static func < (a: FdNumber, b: FdNumber) -> Bool { a.rawValue < b.rawValue }
}

/// An open file description, never reused while the program runs; 0 stands for none.
public struct ObjectID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public static let none = ObjectID(rawValue: 0)
    public static func < (a: ObjectID, b: ObjectID) -> Bool { a.rawValue < b.rawValue }
}
