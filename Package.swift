// swift-tools-version: 6.1
import PackageDescription

/// Where `make deps` unpacks the engine library.
let engineLibrary = Context.packageDirectory + "/.deps/lib"

/// The guest's side runs on every system call. Release builds optimise it across its rooms, without dynamic exclusivity
/// checks: one lock (Kernel) or one owner thread (Trace rings) already excludes what they look for. Debug builds check.
let hotPath: [SwiftSetting] = [
    .unsafeFlags(
        ["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release))
]

let package = Package(
    name: "wasix-top",
    products: [.executable(name: "wasix-top", targets: ["wasix-top"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        // For `make docs` alone: nothing that is built needs it.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // C shims, no logic
        .target(name: "CLinux"),
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
        .target(
            name: "CWasmtime",
            linkerSettings: [
                .linkedLibrary("wasmtime"),
                .unsafeFlags([
                    "-L\(engineLibrary)", "-Xlinker", "-rpath", "-Xlinker", engineLibrary,
                    "-Xlinker", "-rpath=$ORIGIN/../../../.deps/lib",
                    "-Xlinker", "-rpath=$ORIGIN/../lib",
                ]),
            ]),

        // The guest's side
        .target(name: "WasmEngine", dependencies: ["CWasmtime"], swiftSettings: hotPath),
        .target(name: "Symbols"),
        .target(name: "Packages"),
        .target(name: "WasixABI", swiftSettings: hotPath),
        .target(name: "Trace", dependencies: ["WasixABI", "CLinux"], swiftSettings: hotPath),
        .target(
            name: "Kernel",
            dependencies: [
                "WasixABI", "Trace", "CLinux", .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: hotPath),
        .target(
            name: "Syscalls", dependencies: ["WasixABI", "Trace", "Kernel"], swiftSettings: hotPath),
        .target(
            name: "Runtime",
            dependencies: ["WasixABI", "Trace", "Kernel", "Syscalls", "WasmEngine", "Symbols", "Packages", "CLinux"],
            swiftSettings: hotPath),

        // The inspector's side
        .target(name: "Decode", dependencies: ["WasixABI", "Trace"]),
        .target(
            name: "Model",
            dependencies: [
                "WasixABI", "Trace", "Decode", .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .target(name: "Diagnosis", dependencies: ["WasixABI", "Trace", "Decode", "Model"]),
        .target(name: "Export", dependencies: ["WasixABI", "Trace", "Decode", "Model", "Diagnosis"]),
        .target(name: "Terminal", dependencies: ["CNcurses", "CLinux"]),
        .target(
            name: "UI", dependencies: ["WasixABI", "Trace", "Decode", "Model", "Diagnosis", "Export", "Terminal"]),

        .executableTarget(
            name: "wasix-top",
            dependencies: [
                "WasixABI", "Trace", "Kernel", "Syscalls", "WasmEngine", "Runtime", "Decode", "Model",
                "Diagnosis", "Export", "CLinux", "Terminal", "UI",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // What several of the test targets use: programs to run, directories, random numbers, waiting for a condition.
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .executableTarget(
            name: "Differential",
            dependencies: ["TestSupport", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            path: "Tests/Differential"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["WasmEngine", "CLinux", "Kernel", "WasixABI", "Trace", "Model", "Diagnosis"],
            path: "Tests/Benchmarks"),

        .testTarget(name: "WasixABITests", dependencies: ["WasixABI"]),
        .testTarget(name: "WasmEngineTests", dependencies: ["WasmEngine", "TestSupport"]),
        .testTarget(name: "SymbolsTests", dependencies: ["Symbols"]),
        .testTarget(name: "PackagesTests", dependencies: ["Packages", "TestSupport"]),
        .testTarget(name: "TraceTests", dependencies: ["Trace", "WasixABI"]),
        .testTarget(name: "KernelTests", dependencies: ["Kernel", "Trace", "WasixABI", "CLinux", "TestSupport"]),
        .testTarget(
            name: "SyscallsTests",
            dependencies: ["Syscalls", "Kernel", "Trace", "Decode", "WasixABI", "CLinux", "TestSupport"]),
        .testTarget(
            name: "RuntimeTests",
            dependencies: ["Runtime", "WasmEngine", "Kernel", "Trace", "WasixABI", "TestSupport"]),
        .testTarget(name: "DecodeTests", dependencies: ["Decode", "Trace", "WasixABI", "TestSupport"]),
        .testTarget(name: "ModelTests", dependencies: ["Model", "Trace", "WasixABI", "TestSupport"]),
        .testTarget(name: "DiagnosisTests", dependencies: ["Diagnosis", "Model", "Trace", "WasixABI"]),
        .testTarget(
            name: "PredictionTests",
            dependencies: ["Diagnosis", "Model", "Kernel", "Trace", "WasixABI", "CLinux", "TestSupport"]),
        .testTarget(
            name: "ExportTests", dependencies: ["Export", "Diagnosis", "Model", "Trace", "WasixABI", "TestSupport"]),
        .testTarget(name: "TerminalTests", dependencies: ["Terminal"]),
        .testTarget(
            name: "UITests", dependencies: ["UI", "Diagnosis", "Model", "Trace", "Terminal", "WasixABI"],
            exclude: ["Golden"]),
        .testTarget(
            name: "LessonTests",
            dependencies: ["UI", "Diagnosis", "Model", "Trace", "Terminal", "Kernel", "Runtime", "TestSupport"]),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
        .testTarget(name: "DifferentialTests", dependencies: ["Differential", "TestSupport"]),
        .testTarget(name: "EndToEndTests", dependencies: ["TestSupport", "Differential"]),
    ]
)
