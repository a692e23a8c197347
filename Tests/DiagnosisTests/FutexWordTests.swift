import Testing
import Trace

@testable import Diagnosis

@Suite struct FutexWordTests {
    private func word(_ expected: UInt32, _ functions: String...) -> FutexWord {
        FutexWord(expected: expected, stack: functions.map { GuestFrame(function: $0) })
    }

    @Test(arguments: [
        (["__timedwait", "__pthread_mutex_timedlock", "first"], FutexWord.Kind.lock),
        (["__timedwait_cp", "__pthread_cond_timedwait", "mutex_of_mine"], .condition),
        (["pthread_mutex_lock", "__pthread_cond_timedwait", "f"], .lock),
        (["__timedwait_cp", "__pthread_timedjoin_np", "main"], .threadEnd),
        (["__timedwait_cp", "sem_timedwait", "sem_wait", "task"], .semaphore),
        (["__wait", "__pthread_once_full", "f"], .once),
        (["__pthread_rwlock_timedrdlock", "f"], .sharedLock),
        (["std::sys::sync::mutex::futex::Mutex::lock_contended", "app::f"], .lock),
        (["std::sys::sync::condvar::futex::Condvar::wait", "app::f"], .condition),
        (["std::thread::park", "app::f"], .park),
        (
            ["parking_lot_core::thread_parker::park", "parking_lot::raw_rwlock::RawRwLock::lock_slow", "app"],
            .sharedLock
        ),
        (["__wait", "join_all"], .unknown),
    ])
    func functionsOfLibrariesTellWhatItIs(functions: [String], kind: FutexWord.Kind) {
        let stack = functions.map { GuestFrame(function: $0) }
        #expect(FutexWord(expected: 17, stack: stack).kind == kind)
    }

    @Test func elseTheValueTells() {
        #expect(word(2).kind == .lock && word(0x8000_000a).kind == .lock)
        #expect(word(.max).kind == .semaphore && word(3).kind == .once)
        for value: UInt32 in [0, 1, 17, 0x7fff_ffff] { #expect(word(value, "mine").kind == .unknown) }
    }

    @Test func onlySomeLocksNameTheirOwner() {
        let lock = "__pthread_mutex_timedlock"
        #expect(word(0x8000_0005, lock).owner == ThreadID(rawValue: 5))
        #expect(word(0xc000_0005, lock).owner == ThreadID(rawValue: 5))
        for value: UInt32 in [0x8000_000a, 0x8000_0000, 0xbfff_ffff, .max, 2, 5] {
            #expect(word(value, lock).owner == nil)
        }
        #expect(
            word(0x8000_0005).owner == nil && word(0x8000_0005, "__lock", "raise").owner == nil,
            "musl's own locks count")
        #expect(word(0x8000_0005, "sem_wait").owner == nil)
    }
}
