import Foundation
import WasmEngine

/// The engine with nothing of ours around it: what a computing guest could reach at best.
struct BareEngine {
    private static let blocks: Int64 = 2_000_000
    private let store: Store
    private let compute: Function

    /// - Parameter module: the path of a module that imports a memory and exports `compute`.
    init(module path: String) throws {
        let engine = Engine(configuration: EngineConfiguration(isInterruptible: false))
        let module = try Module(binary: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))), engine: engine)
        store = Store(engine: engine, data: nil)
        let linker = Linker(engine: engine)
        for item in module.imports {
            guard case .memory(let type) = item.type else { continue }
            let memory = try Memory(type: type, store: store)
            try linker.define(module: item.module, name: item.name, memory: memory, store: store)
        }
        guard let function = try linker.link(module).instantiate(in: store).function("compute") else {
            throw Failure(description: "\(path) has no compute")
        }
        compute = function
    }

    func nanosecondsPerBlock() throws -> Double {
        let start = ContinuousClock.now
        _ = try compute.call(.i64(Self.blocks))
        return (ContinuousClock.now - start) / .nanoseconds(1) / Double(Self.blocks)
    }
}
