//! tokio's single-threaded runtime with its timers and channels: tasks, sleeps in order, intervals, time limits, files.
//! Usage: tokio STATUS [WORD...], in a directory it may write to, with GREETING in the environment

use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use tokio::time::{interval, sleep, timeout};

async fn ordered_sleeps() {
    let (sender, mut receiver) = mpsc::channel(8);
    for milliseconds in [50, 10, 30] {
        let sender = sender.clone();
        tokio::spawn(async move {
            let start = Instant::now();
            sleep(Duration::from_millis(milliseconds)).await;
            let early = start.elapsed() < Duration::from_millis(milliseconds);
            sender.send((milliseconds, early)).await.unwrap();
        });
    }
    drop(sender);
    while let Some((milliseconds, early)) = receiver.recv().await {
        println!("slept {} ms, too early: {}", milliseconds, early);
    }
}

async fn limits() {
    println!("limit: {:?}", timeout(Duration::from_millis(20), sleep(Duration::from_secs(60))).await.is_err());
    println!("in time: {:?}", timeout(Duration::from_secs(60), async { 42 }).await);
    let (_keep, never) = oneshot::channel::<()>();
    println!("nobody answers: {}", timeout(Duration::from_millis(5), never).await.is_err());
}

async fn ticks() {
    let start = Instant::now();
    let mut ticker = interval(Duration::from_millis(10));
    for _ in 0..5 {
        ticker.tick().await;
    }
    println!("five ticks took at least 40 ms: {}", start.elapsed() >= Duration::from_millis(40));
}

async fn relay() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let workers: Vec<_> = (0..100u64)
        .map(|number| {
            let sender = sender.clone();
            tokio::spawn(async move {
                tokio::task::yield_now().await;
                sender.send(number * number).unwrap();
                number
            })
        })
        .collect();
    drop(sender);
    let mut sum = 0;
    while let Some(square) = receiver.recv().await {
        sum += square;
    }
    let mut finished = 0;
    for worker in workers {
        finished += worker.await.unwrap();
    }
    println!("squares {} of tasks {}", sum, finished);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("arguments: {:?}, greeting: {:?}", arguments, std::env::var("GREETING"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        ordered_sleeps().await;
        limits().await;
        ticks().await;
        relay().await;
        std::fs::write("note.txt", "from a task").unwrap();
        println!("file: {:?}", std::fs::read_to_string("note.txt").unwrap());
        std::fs::remove_file("note.txt").unwrap();
    });
    drop(runtime);
    std::process::exit(arguments.first().and_then(|word| word.parse().ok()).unwrap_or(0));
}
