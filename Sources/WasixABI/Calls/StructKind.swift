/// A structure behind a pointer. Its offsets stand in the `...Layout` type of the same name.
public enum StructKind: CaseIterable, Sendable {
    case fdstat
    case filestat
    case filestatUnstable
    case prestat
    case subscription
    case subscriptionUnstable
    case event
    case epollEvent
    case optionTimestamp
    case optionPid
    case joinStatus
    case processHandles
    case signalDisposition
    case spawnFdOp
    case stackSnapshot
    case threadStart
    case tty
    case addr
    case addrIP
    case addrPort
    case addrCidr
    case addrIp4
    case addrIp6
    case route
    case hardwareAddress
    case reflectionResult
    case valueType

    /// Bytes in guest memory, which is also the stride of an array of them.
    public func size(_ width: PointerWidth) -> Int {
        switch self {
        case .fdstat: FdstatLayout.size
        case .filestat: FilestatLayout.size
        case .filestatUnstable: FilestatUnstableLayout.size
        case .prestat: PrestatLayout.size
        case .subscription: SubscriptionLayout.size
        case .subscriptionUnstable: SubscriptionUnstableLayout.size
        case .event: EventLayout.size
        case .epollEvent: EpollEventLayout.size
        case .optionTimestamp: OptionTimestampLayout.size
        case .optionPid: OptionPidLayout.size
        case .joinStatus: JoinStatusLayout.size
        case .processHandles: ProcessHandlesLayout.size
        case .signalDisposition: SignalDispositionLayout.size
        case .spawnFdOp: width == .bits64 ? SpawnFdOpLayout64.size : SpawnFdOpLayout.size
        case .stackSnapshot: StackSnapshotLayout.size
        case .threadStart: width == .bits64 ? ThreadStartLayout64.size : ThreadStartLayout.size
        case .tty: TtyLayout.size
        case .addr: AddrLayout.size
        case .addrIP: AddrIPLayout.size
        case .addrPort: AddrPortLayout.size
        case .addrCidr: AddrCidrLayout.size
        case .addrIp4: AddrIp4Layout.size
        case .addrIp6: AddrIp6Layout.size
        case .route: RouteLayout.size
        case .hardwareAddress: HardwareAddressLayout.size
        case .reflectionResult: ReflectionResultLayout.size
        case .valueType: 1
        }
    }
}
