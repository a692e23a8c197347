//! A server on a listening socket that was handed in, for Rust's standard library: one connection after the other, each
//! call waits. A line is answered in upper case, "big N" with N bytes, "quit" with the end of the connection.
//! Usage: handed_rust DESCRIPTOR CONNECTIONS; ends after that many connections

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
#[cfg(unix)]
use std::os::unix::io::FromRawFd;
#[cfg(target_os = "wasi")]
use std::os::wasi::io::{AsRawFd, FromRawFd};

/// Serves one connection to its end. Returns the lines that came and the bytes that went.
fn serve(stream: &TcpStream) -> io::Result<(usize, usize)> {
    let (mut lines, mut bytes) = (0, 0);
    for line in BufReader::new(stream).lines() {
        let line = line?;
        lines += 1;
        let answer: Vec<u8> = if line == "quit" {
            break;
        } else if let Some(size) = line.strip_prefix("big ") {
            let size: usize = size.parse().unwrap();
            (0..size).map(|index| b'a' + ((size - index) % 26) as u8).collect()
        } else {
            (line.to_uppercase() + "\n").into_bytes()
        };
        let mut writer = stream;
        writer.write_all(&answer)?;
        bytes += answer.len();
    }
    Ok((lines, bytes))
}

#[cfg(unix)]
fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    listener.set_nonblocking(false)?;
    Ok(listener.accept()?.0)
}

/// The library of 2022 has streams but neither of these calls.
#[cfg(target_os = "wasi")]
fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    #[link(wasm_import_module = "wasi_snapshot_preview1")]
    extern "C" {
        fn fd_fdstat_set_flags(descriptor: i32, flags: i32) -> i32;
        fn sock_accept(descriptor: i32, flags: i32, accepted: *mut i32) -> i32;
    }
    let mut accepted = -1;
    unsafe {
        assert_eq!(fd_fdstat_set_flags(listener.as_raw_fd(), 0), 0);
        assert_eq!(sock_accept(listener.as_raw_fd(), 0, &mut accepted), 0);
        Ok(TcpStream::from_raw_fd(accepted))
    }
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<usize>().unwrap());
    let descriptor = arguments.next().unwrap() as i32;
    let wanted = arguments.next().unwrap();
    let listener = unsafe { TcpListener::from_raw_fd(descriptor) };
    let (mut lines, mut bytes) = (0, 0);
    for _ in 0..wanted {
        let (some, more) = serve(&accept(&listener)?)?;
        lines += some;
        bytes += more;
    }
    println!("{} connections, {} lines, {} bytes", wanted, lines, bytes);
    Ok(())
}
