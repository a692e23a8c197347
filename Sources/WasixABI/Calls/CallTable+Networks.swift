extension CallTable {
    /// Name resolution and the configuration of virtual networks.
    static let networks: [CallSpec] = [
        CallSpec(
            .resolve, "resolve", Namespace.wasixOnly, .dns,
            [
                "host": .text(.input, length: 1), "host_len": .size, "port": .u16,
                "addrs": .array(.addrIP, .output, count: 4, used: 5), "naddrs": .size, "ret_naddrs": .out(.size),
            ]),
        CallSpec(
            .portBridge, "port_bridge", Namespace.wasixOnly, .port,
            [
                "network": .text(.input, length: 1), "network_len": .size, "token": .bytes(.input, length: 3),
                "token_len": .size, "security": .flags(.streamSecurity),
            ]),
        CallSpec(.portUnbridge, "port_unbridge", Namespace.wasixOnly, .port, [:]),
        CallSpec(.portDhcpAcquire, "port_dhcp_acquire", Namespace.wasixOnly, .port, [:]),
        CallSpec(
            .portAddrAdd, "port_addr_add", Namespace.wasixOnly, .port,
            [
                "cidr": .structure(.addrCidr, .input)
            ]),
        CallSpec(
            .portAddrRemove, "port_addr_remove", Namespace.wasixOnly, .port,
            [
                "addr": .structure(.addr, .input)
            ]),
        CallSpec(.portAddrClear, "port_addr_clear", Namespace.wasixOnly, .port, [:]),
        CallSpec(.portMac, "port_mac", Namespace.wasixOnly, .port, ["ret": .structure(.hardwareAddress, .output)]),
        CallSpec(
            .portAddrList, "port_addr_list", Namespace.wasixOnly, .port,
            ["addrs": .array(.addrCidr, .output, count: 1, used: 1), "naddrs": .update(.size)]),
        CallSpec(
            .portGatewaySet, "port_gateway_set", Namespace.wasixOnly, .port,
            [
                "addr": .structure(.addr, .input)
            ]),
        CallSpec(
            .portRouteAdd, "port_route_add", Namespace.wasixOnly, .port,
            [
                "cidr": .structure(.addrCidr, .input), "via": .structure(.addr, .input),
                "preferred_until": .structure(.optionTimestamp, .input),
                "expires_at": .structure(.optionTimestamp, .input),
            ]),
        CallSpec(
            .portRouteRemove, "port_route_remove", Namespace.wasixOnly, .port,
            [
                "addr": .structure(.addr, .input)
            ]),
        CallSpec(.portRouteClear, "port_route_clear", Namespace.wasixOnly, .port, [:]),
        CallSpec(
            .portRouteList, "port_route_list", Namespace.wasixOnly, .port,
            ["routes": .array(.route, .output, count: 1, used: 1), "nroutes": .update(.size)]),
    ]
}
