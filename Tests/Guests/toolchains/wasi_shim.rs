//! The part of the `wasi` crate that mio uses, in its words: Debian's packages leave that crate out.
#![no_std]
#![allow(non_camel_case_types)]

pub type Fd = u32;
pub type Userdata = u64;
pub type Timestamp = u64;
pub type Eventrwflags = u16;

macro_rules! numbers {
    ($name:ident: $raw:ty { $($constant:ident = $value:expr),* }) => {
        #[repr(transparent)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name($raw);
        impl $name {
            pub const fn raw(&self) -> $raw {
                self.0
            }
        }
        $(pub const $constant: $name = $name($value);)*
    };
}

numbers!(Errno: u16 { ERRNO_SUCCESS = 0 });
numbers!(Clockid: u32 { CLOCKID_MONOTONIC = 1 });
numbers!(Eventtype: u8 { EVENTTYPE_CLOCK = 0, EVENTTYPE_FD_READ = 1, EVENTTYPE_FD_WRITE = 2 });

pub const EVENTRWFLAGS_FD_READWRITE_HANGUP: Eventrwflags = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SubscriptionClock {
    pub id: Clockid,
    pub timeout: Timestamp,
    pub precision: Timestamp,
    pub flags: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SubscriptionFdReadwrite {
    pub file_descriptor: Fd,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union SubscriptionUU {
    pub clock: SubscriptionClock,
    pub fd_read: SubscriptionFdReadwrite,
    pub fd_write: SubscriptionFdReadwrite,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct SubscriptionU {
    pub tag: u8,
    pub u: SubscriptionUU,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Subscription {
    pub userdata: Userdata,
    pub u: SubscriptionU,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct EventFdReadwrite {
    pub nbytes: u64,
    pub flags: Eventrwflags,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Event {
    pub userdata: Userdata,
    pub error: Errno,
    pub type_: Eventtype,
    pub fd_readwrite: EventFdReadwrite,
}

mod imports {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        pub fn poll_oneoff(input: *const u8, output: *mut u8, count: usize, fired: *mut usize) -> u16;
    }
}

/// # Safety
/// `output` must have room for `count` events.
pub unsafe fn poll_oneoff(input: *const Subscription, output: *mut Event, count: usize) -> Result<usize, Errno> {
    let mut fired = 0;
    match imports::poll_oneoff(input.cast(), output.cast(), count, &mut fired) {
        0 => Ok(fired),
        error => Err(Errno(error)),
    }
}
