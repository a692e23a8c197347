import Kernel
import WasixABI

/// The network's configuration (WasixABI.docc/Networks). The host's network is shown as far as the guest may know it.
/// Calls that change a network are meant for virtual ones, of which there is none.
enum PortCalls {
    static let bindings = [
        CallBinding(.portBridge, bridge), CallBinding(.portUnbridge, unsupported),
        CallBinding(.portDhcpAcquire, unsupported), CallBinding(.portAddrAdd, changeAddress),
        CallBinding(.portAddrRemove, changeAddress), CallBinding(.portAddrClear, unsupported),
        CallBinding(.portMac, mac), CallBinding(.portAddrList, addressList),
        CallBinding(.portGatewaySet, changeAddress), CallBinding(.portRouteAdd, addRoute),
        CallBinding(.portRouteRemove, changeAddress), CallBinding(.portRouteClear, unsupported),
        CallBinding(.portRouteList, routeList),
    ]

    /// A locally administered address, the same for every guest: a real one would tell guests which host they are on.
    private static let hardwareAddress: [UInt8] = [0x02, 0x57, 0x41, 0x53, 0x49, 0x58]

    /// An `addr` or `addr_cidr` without flow and scope: all that older headers have.
    private static let shortAddress: UInt64 = 18

    // MARK: changes

    private static func unsupported(_ call: Call, _ thread: GuestThread) throws(Errno) { throw .notsup }

    /// `port_bridge(network, network_len, token, token_len, security)`
    private static func bridge(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), call.size(1))
        _ = try thread.memory.range(call.pointer(2), call.size(3))
        throw .notsup
    }

    /// Calls whose one argument is an address.
    private static func changeAddress(_ call: Call, _ thread: GuestThread) throws(Errno) {
        _ = try thread.memory.range(call.pointer(0), shortAddress)
        throw .notsup
    }

    /// `port_route_add(cidr, via, preferred_until, expires_at)`
    private static func addRoute(_ call: Call, _ thread: GuestThread) throws(Errno) {
        for argument in 0..<2 { _ = try thread.memory.range(call.pointer(argument), shortAddress) }
        for argument in 2..<4 {
            _ = try thread.memory.range(call.pointer(argument), UInt64(OptionTimestampLayout.size))
        }
        throw .notsup
    }

    // MARK: what there is

    /// `port_mac(ret)`
    private static func mac(_ call: Call, _ thread: GuestThread) throws(Errno) {
        let target = try thread.memory.range(call.pointer(0), UInt64(HardwareAddressLayout.size))
        target.copyMemory(from: hardwareAddress, byteCount: hardwareAddress.count)
    }

    /// `port_addr_list(addrs, naddrs)`
    private static func addressList(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try list(call, thread, stride: AddrCidrLayout.size, { thread.kernel.visibleAddresses }, store)
    }

    /// `port_route_list(routes, nroutes)`. Rules grant addresses, not the map of the host's network: with them, as
    /// without a grant, there is no route to see.
    private static func routeList(_ call: Call, _ thread: GuestThread) throws(Errno) {
        try list(
            call, thread, stride: RouteLayout.size, { thread.kernel.network.isUnlimited ? HostRoute.all : [] }, store)
    }

    /// Writes an array to argument 0. Argument 1 points to the array's capacity, which is replaced by the number of
    /// elements.
    /// - Throws: OVERFLOW when they do not fit: then only the number is written.
    private static func list<Element>(
        _ call: Call, _ thread: GuestThread, stride: Int, _ elements: () -> [Element],
        _ store: (Element, UnsafeMutableRawPointer) -> Void
    ) throws(Errno) {
        let memory = thread.memory
        let capacity = try memory.loadSize(call.pointer(1), call)
        let (size, overflow) = capacity.multipliedReportingOverflow(by: UInt64(stride))
        guard !overflow else { throw .fault }
        let target = try memory.range(call.pointer(0), size)
        let elements = elements()
        try memory.storeSize(UInt64(elements.count), at: call.pointer(1), call)
        guard UInt64(elements.count) <= capacity else { throw .overflow }
        for (index, element) in elements.enumerated() { store(element, target + index * stride) }
    }

    /// An `addr_cidr`.
    private static func store(_ own: InterfaceAddress, at target: UnsafeMutableRawPointer) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: AddrCidrLayout.size)
        let prefix = own.address.isV4 ? AddrCidrLayout.ip4Prefix : AddrCidrLayout.ip6Prefix
        store(own.address, scope: own.scope, at: target)
        target.storeBytes(of: own.prefix, toByteOffset: prefix, as: UInt8.self)
    }

    private static func store(_ route: HostRoute, at target: UnsafeMutableRawPointer) {
        target.initializeMemory(as: UInt8.self, repeating: 0, count: RouteLayout.size)
        store(route.network, at: target + RouteLayout.cidr)
        // Without a router the family stays unspecified, and both times stay NONE.
        if let router = route.router { store(router, scope: 0, at: target + RouteLayout.viaRouter) }
    }

    /// Tag and address, alike in `addr` and `addr_cidr`.
    private static func store(_ address: NetworkEndpoint, scope: UInt32, at target: UnsafeMutableRawPointer) {
        let family: AddressFamily = address.isV4 ? .inet4 : .inet6
        target.storeBytes(of: family.rawValue, toByteOffset: AddrLayout.tag, as: UInt8.self)
        target.storeOctets(of: address, at: AddrLayout.payload)
        guard scope != 0 else { return }
        let offset = AddrLayout.payload
        target.storeBytes(
            of: UInt16(truncatingIfNeeded: scope >> 16), toByteOffset: offset + AddrIp6Layout.scopeHigh,
            as: UInt16.self)
        target.storeBytes(
            of: UInt16(truncatingIfNeeded: scope), toByteOffset: offset + AddrIp6Layout.scopeLow, as: UInt16.self)
    }
}
