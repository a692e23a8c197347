import Testing
import WasixABI

@Suite struct NameTableTests {
    @Test func flagNamesAreSingleBitsInOrderThatFitTheirWidth() {
        for family in FlagFamily.allCases {
            let values = family.names.entries.map(\.value)
            #expect(values == values.sorted() && Set(values).count == values.count, "\(family)")
            #expect(
                values.allSatisfy {
                    $0.nonzeroBitCount == 1 && $0.bitWidth - $0.leadingZeroBitCount <= family.width * 8
                })
        }
    }

    @Test func constantNamesAreUniqueAndFitTheirWidth() {
        for family in ConstantFamily.allCases {
            let entries = family.names.entries
            #expect(Set(entries.map(\.value)).count == entries.count, "\(family)")
            #expect(Set(entries.map(\.name)).count == entries.count, "\(family)")
            #expect(entries.allSatisfy { $0.value >> (UInt64(family.width) * 8) == 0 }, "\(family)")
        }
    }

    @Test func namesAreThoseOfTheGuestsSource() {
        #expect(FlagFamily.epollEvents.names.name(of: UInt64(EpollEvents.oneshot.rawValue)) == "EPOLLONESHOT")
        #expect(FlagFamily.epollEvents.names.shortName(of: 1) == "IN")
        #expect(FlagFamily.fdFlags.names.name(of: UInt64(FdFlags.nonblock.rawValue)) == "O_NONBLOCK")
        #expect(ConstantFamily.clock.names.name(of: 1) == "CLOCK_MONOTONIC")
        #expect(ConstantFamily.epollOp.names.name(of: 2) == "EPOLL_CTL_DEL")
        #expect(ConstantFamily.sockOption.names.name(of: UInt64(SockOption.noDelay.rawValue)) == "TCP_NODELAY")
        #expect(ConstantFamily.whenceUnstable.names.name(of: 2) == "SEEK_SET")
        #expect(ConstantFamily.whence.names.name(of: 2) == "SEEK_END")
        #expect(FlagFamily.rights.names.name(of: Rights.sockBind.rawValue) == "SOCK_BIND")
    }

    @Test func unknownValuesHaveNoName() {
        #expect(FlagFamily.epollEvents.names.name(of: 256) == nil)
        #expect(ConstantFamily.sockType.names.name(of: 0) == nil)
        #expect(ConstantFamily.sockOption.names.name(of: .max) == nil)
    }
}
