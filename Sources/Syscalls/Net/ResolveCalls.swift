import Kernel
import WasixABI

/// Names (WasixABI.docc/Names).
enum ResolveCalls {
    static let bindings = [CallBinding(.resolve, resolve)]

    /// No host name is longer; such a text is not even copied.
    private static let longestName: UInt64 = 1024

    /// `resolve(host, host_len, port, addrs, naddrs, ret_naddrs)`. What does not fit is left out; the port makes no
    /// difference.
    private static func resolve(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let memory = thread.memory
        let length = call.size(1)
        _ = try memory.range(call.pointer(0), length)
        let room = call.size(4)
        let stride = AddrIPLayout.size
        let (size, overflow) = room.multipliedReportingOverflow(by: UInt64(stride))
        guard !overflow else { throw .fault }
        let target = try memory.range(call.pointer(3), size)
        _ = try memory.range(call.pointer(5), call.isWide ? 8 : 4)
        guard length <= longestName else { throw .noent }
        let name = try memory.bytes(call.pointer(0), length)
        let addresses = try thread.kernel.locked { () throws(Errno) in try thread.resolve(name) }
        let count = min(addresses.count, Int(clamping: room))
        for (index, address) in addresses.prefix(count).enumerated() { store(address, at: target + index * stride) }
        try memory.storeSize(UInt64(count), at: call.pointer(5), call)
    }

    private static func store(_ address: NetworkEndpoint, at target: UnsafeMutableRawPointer) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: AddrIPLayout.size)
        let family: AddressFamily = address.isV4 ? .inet4 : .inet6
        target.storeBytes(of: family.rawValue, toByteOffset: AddrIPLayout.tag, as: UInt8.self)
        target.storeOctets(of: address, at: AddrIPLayout.payload)
    }
}

extension UnsafeMutableRawPointer {
    /// The four or sixteen octets of an address.
    func storeOctets(of address: NetworkEndpoint, at offset: Int) {
        withUnsafeBytes(of: address.octets) { octets in
            (self + offset).copyMemory(from: octets.baseAddress!, byteCount: address.isV4 ? 4 : 16)
        }
    }
}
