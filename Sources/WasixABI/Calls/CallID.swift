/// The number of a host function, dense from 0, in the order of `CallTable.all`.
///
/// A function found in several namespaces with one meaning and type has one id. An overload (`...Legacy`: a form of
/// 2022-2023; `...Unstable`: a snapshot 0 layout; `sockAcceptWasix`: four parameters) has its own.
public enum CallID: UInt16, CaseIterable, Sendable {
    // Arguments, environment, clocks, random numbers, the terminal
    case argsSizesGet
    case argsGet
    case environSizesGet
    case environGet
    case clockResGet
    case clockTimeGet
    case clockTimeSet
    case randomGet
    case ttyGet
    case ttySet

    // Descriptors
    case fdAdvise
    case fdAllocate
    case fdClose
    case fdDatasync
    case fdSync
    case fdFdstatGet
    case fdFdstatSetFlags
    case fdFdstatSetRights
    case fdFilestatGet
    case fdFilestatGetUnstable
    case fdFilestatSetSize
    case fdFilestatSetTimes
    case fdPread
    case fdPwrite
    case fdPrestatGet
    case fdPrestatDirName
    case fdRead
    case fdWrite
    case fdReaddir
    case fdRenumber
    case fdSeek
    case fdSeekUnstable
    case fdTell

    // Descriptors, WASIX
    case fdDup
    case fdDup2
    case fdFdflagsGet
    case fdFdflagsSet
    case fdEvent
    case fdPipe

    // Paths and the working directory
    case pathCreateDirectory
    case pathFilestatGet
    case pathFilestatGetUnstable
    case pathFilestatSetTimes
    case pathLink
    case pathOpen
    case pathOpen2
    case pathReadlink
    case pathRemoveDirectory
    case pathRename
    case pathSymlink
    case pathUnlinkFile
    case getcwd
    case chdir

    // Waiting for descriptors and clocks
    case pollOneoff
    case pollOneoffUnstable
    case epollCreate
    case epollCtl
    case epollWait

    // Scheduling, threads, futexes
    case schedYield
    case wasiThreadSpawn
    case threadSpawnV2
    case threadSpawn
    case threadSpawnLegacy
    case threadId
    case threadJoin
    case threadSleep
    case threadParallelism
    case threadSignal
    case threadExit
    case threadLocalCreate
    case threadLocalDestroy
    case threadLocalSet
    case threadLocalGet
    case futexWait
    case futexWake
    case futexWakeAll
    case atomicNotify
    case atomicWait32
    case atomicWait64

    // Signals
    case callbackSignal
    case procRaise
    case procRaiseInterval
    case procSignal
    case procSignalsSizesGet
    case procSignalsGet

    // Processes and stacks
    case procExit
    case procExit2
    case procId
    case procParent
    case procJoin
    case procJoinLegacy
    case procSnapshot
    case procFork
    case procForkEnv
    case procExec
    case procExec2
    case procExec3
    case procExec4
    case procSpawn
    case procSpawn2
    case procSpawn3
    case stackCheckpoint
    case stackRestore

    // Sockets
    case sockOpen
    case sockPair
    case sockBind
    case sockListen
    case sockAccept
    case sockAcceptWasix
    case sockAcceptV2
    case sockConnect
    case sockStatus
    case sockAddrLocal
    case sockAddrPeer
    case sockRecv
    case sockSend
    case sockRecvFrom
    case sockSendTo
    case sockSendFile
    case sockShutdown
    case sockSetOptFlag
    case sockGetOptFlag
    case sockSetOptTime
    case sockGetOptTime
    case sockSetOptSize
    case sockGetOptSize
    case sockJoinMulticastV4
    case sockLeaveMulticastV4
    case sockJoinMulticastV6
    case sockLeaveMulticastV6

    // Names and virtual networks
    case resolve
    case portBridge
    case portUnbridge
    case portDhcpAcquire
    case portAddrAdd
    case portAddrRemove
    case portAddrClear
    case portMac
    case portAddrList
    case portGatewaySet
    case portRouteAdd
    case portRouteRemove
    case portRouteClear
    case portRouteList

    // Dynamic linking and contexts
    case dlopen
    case dlsym
    case dlInvalidHandle
    case callDynamic
    case reflectSignature
    case closureAllocate
    case closureFree
    case closurePrepare
    case contextCreate
    case contextSwitch
    case contextDestroy
}
