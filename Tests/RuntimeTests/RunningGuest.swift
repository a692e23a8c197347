import Foundation
import Kernel
@_exported import TestSupport
import Testing
import Trace
import WasixABI

@testable import Runtime

/// A guest from module text, which is ended with the test.
final class RunningGuest {
    let guest: Guest
    private let directory: ModuleDirectory

    /// Starts the module.
    init(
        _ text: String, tracer: Tracer? = nil, isPaused: Bool = false,
        _ configure: (inout GuestOptions) -> Void = { _ in }
    ) throws {
        directory = try ModuleDirectory()
        var options = GuestOptions(module: try directory.module(text))
        options.usesModuleCache = false
        options.stdio = .captured(input: "/dev/null")
        configure(&options)
        guest = try Guest(options, tracer: tracer)
        if isPaused { guest.pause() }
        try guest.start()
    }

    deinit { guest.terminate() }

    /// How it ended, all threads gone; ends the test when that takes half a minute.
    func end(_ location: SourceLocation = #_sourceLocation) throws -> GuestState {
        let guest = guest
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            _ = guest.wait()
            done.signal()
        }
        try #require(done.wait(timeout: .now() + .seconds(30)) == .success, "it does not end", sourceLocation: location)
        try awaitCondition("its threads are gone") {
            guest.kernel.locked { guest.process.liveThreads.isEmpty }
        }
        return guest.wait()
    }

    var output: String {
        String(decoding: guest.takeOutput().flatMap(\.bytes), as: UTF8.self)
    }

    /// Returns when `count` threads sleep in a call.
    func untilBlocked(_ count: Int, file: StaticString = #fileID, line: UInt = #line) throws {
        try awaitCondition("\(count) threads wait", file: file, line: line) {
            guest.snapshot().threads.filter { $0.state == .blocked }.count == count
        }
    }

    /// Sets a word of guest memory and wakes who waits for it.
    func set(_ address: UInt64, _ value: UInt32 = 1) throws {
        let word = try guest.process.image.memory.range(GuestPointer(rawValue: address), 4)
        guest.kernel.locked {
            word.storeBytes(of: value, as: UInt32.self)
            _ = guest.process.image.futexes.wake(word, limit: .max)
        }
    }

    func word(_ address: UInt64) throws -> UInt32 {
        try guest.process.image.memory.load(GuestPointer(rawValue: address))
    }
}

/// Files of modules, removed with all that is in them.
final class ModuleDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/wasix-top-runtime-XXXXXX".utf8CString)
        path = String(cString: try #require(mkdtemp(&template)))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func module(_ text: String) throws -> String { try file("module.wat", Array(text.utf8)) }

    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = path + "/" + name
        try #require(FileManager.default.createFile(atPath: file, contents: Data(bytes)))
        return file
    }
}
