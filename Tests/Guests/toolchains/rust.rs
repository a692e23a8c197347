//! A program for Rust's standard library: arguments, environment, files, clocks, exit status.
//! Usage: rust STATUS [WORD...], in a directory it may write to, with GREETING in the environment

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant, SystemTime};

fn files() -> io::Result<()> {
    fs::create_dir("tree")?;
    println!("again: {:?}", fs::create_dir("tree").map_err(|error| error.kind()));
    let mut file = File::create("tree/lines.txt")?;
    for number in 0..1000 {
        writeln!(file, "line {}", number)?;
    }
    drop(file);
    let mut lengths = BTreeMap::new();
    for line in BufReader::new(File::open("tree/lines.txt")?).lines() {
        *lengths.entry(line?.len()).or_insert(0) += 1;
    }
    println!("lengths: {:?}", lengths);

    let mut file = OpenOptions::new().read(true).write(true).open("tree/lines.txt")?;
    file.seek(SeekFrom::End(-4))?;
    let mut end = String::new();
    file.read_to_string(&mut end)?;
    println!("ends with {:?} at {}", end, file.stream_position()?);
    file.set_len(50)?;
    println!("length {}", file.metadata()?.len());
    drop(file);

    fs::rename("tree/lines.txt", "tree/moved.txt")?;
    fs::copy("tree/moved.txt", "tree/copied.txt")?;
    let mut names: Vec<String> =
        fs::read_dir("tree")?.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    println!("names: {:?}", names);
    println!("missing: {:?}", File::open("tree/lines.txt").map(|_| ()).map_err(|error| error.kind()));
    fs::remove_dir_all("tree")?;
    println!("gone: {}", fs::metadata("tree").is_err());
    Ok(())
}

fn clocks() {
    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(20));
    println!("slept: {}", start.elapsed() >= Duration::from_millis(20));
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    println!("this century: {}", since.as_secs() > 946_684_800);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("arguments: {:?}", arguments);
    println!("greeting: {:?}, other: {:?}", std::env::var("GREETING"), std::env::var("NOT_THERE"));
    files().expect("files");
    clocks();
    io::stdout().flush().unwrap();
    std::process::exit(arguments.first().and_then(|word| word.parse().ok()).unwrap_or(0));
}
