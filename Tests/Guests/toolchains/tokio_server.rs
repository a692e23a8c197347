//! A server on a listening socket that was handed in, for tokio's event loop: a task for each connection, and one that
//! ticks beside them. A line is answered in upper case, "quit" with the end of the connection.
//! Usage: tokio_server DESCRIPTOR CONNECTIONS; ends after that many connections

use std::cell::Cell;
use std::io;
use std::os::wasi::io::FromRawFd;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

/// Serves one connection to its end. Returns the lines that came.
async fn serve(stream: TcpStream) -> io::Result<usize> {
    let mut stream = BufReader::new(stream);
    let mut lines = 0;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 0 {
        lines += 1;
        if line.trim_end() == "quit" {
            break;
        }
        stream.get_mut().write_all(line.to_uppercase().as_bytes()).await?;
        line.clear();
    }
    Ok(lines)
}

async fn run(descriptor: i32, wanted: usize) -> io::Result<()> {
    let listener = unsafe { std::net::TcpListener::from_raw_fd(descriptor) };
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let ticks = Rc::new(Cell::new(0));
    let counter = ticks.clone();
    tokio::task::spawn_local(async move {
        loop {
            tokio::time::sleep(Duration::from_millis(1)).await;
            counter.set(counter.get() + 1);
        }
    });
    let mut tasks = Vec::new();
    for _ in 0..wanted {
        let (stream, _) = listener.accept().await?;
        tasks.push(tokio::task::spawn_local(serve(stream)));
    }
    let mut lines = 0;
    for task in tasks {
        lines += task.await.unwrap()?;
    }
    println!("{} connections, {} lines, ticked: {}", wanted, lines, ticks.get() > 0);
    Ok(())
}

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|word| word.parse::<usize>().unwrap());
    let descriptor = arguments.next().unwrap() as i32;
    let wanted = arguments.next().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, run(descriptor, wanted))
}
