import WasixABI

/// Names and the configuration of networks (WasixABI.docc/Names, WasixABI.docc/Networks).
extension ConformanceTable {
    /// A call that would change a network which is the host's.
    private static func refused(
        _ call: CallID, _ arguments: @escaping @Sendable (FileGuest) -> [UInt64]
    ) -> ConformanceRow {
        ConformanceRow(call, [.notsup], [.fails(.notsup, "the network is the host's", arguments)])
    }

    static let networks: [ConformanceRow] = [
        ConformanceRow(
            .resolve, [.noent],
            [
                .ok("a number", "resolve(\"127.0.0.1\", port=0, [127.0.0.1], naddrs=4) = 1") {
                    $0.text("127.0.0.1") + [0, $0.room(72), 4, $0.out]
                },
                .fails(.noent, "no name at all") { $0.text("") + [0, $0.room(72), 4, $0.out] },
            ]),
        ConformanceRow(
            .portAddrList, [.overflow],
            [
                .ok("the loopback is among them", "port_addr_list([*127.0.0.1/8*], naddrs=*) = 0") {
                    [$0.room(28 * 64), $0.put(FileGuest.bytes(UInt32(64)))]
                },
                .fails(.overflow, "no room") { [$0.room(28), $0.put(FileGuest.bytes(UInt32(0)))] },
            ]),
        ConformanceRow(.portMac, [.ok("an address of our own", "port_mac(*) = 0") { [$0.room(6)] }]),
        ConformanceRow(
            .portRouteList,
            [
                .ok("what the host tells", "port_route_list([*], nroutes=*) = 0") {
                    [$0.room(176 * 64), $0.put(FileGuest.bytes(UInt32(64)))]
                }
            ]),
        refused(.portBridge) { $0.text("net") + $0.text("token") + [0] },
        refused(.portUnbridge) { _ in [] },
        refused(.portDhcpAcquire) { _ in [] },
        refused(.portAddrAdd) { [$0.room(28)] },
        refused(.portAddrRemove) { [$0.room(110)] },
        refused(.portAddrClear) { _ in [] },
        refused(.portGatewaySet) { [$0.room(110)] },
        refused(.portRouteAdd) { [$0.room(28), $0.room(110), $0.room(16), $0.room(16)] },
        refused(.portRouteRemove) { [$0.room(110)] },
        refused(.portRouteClear) { _ in [] },
    ]
}
