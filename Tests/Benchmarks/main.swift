import Foundation

/// Usage: Benchmarks GUESTS WASIX-TOP [ROUNDS [ROW...]]
/// GUESTS is the directory `Tests/Guests/build.sh` filled; ROW is clock, causes, decisions, active, scattered, apart, pingpong, polling,
/// echo, http, processes, libraries, idle, files, compute, hello, lock, verdict, pause, screen or still.
let words = Array(CommandLine.arguments.dropFirst())
guard words.count >= 2 else {
    FileHandle.standardError.write(Data("usage: Benchmarks GUESTS WASIX-TOP [ROUNDS [ROW...]]\n".utf8))
    exit(64)
}
// Some rows run elsewhere.
let paths = words.prefix(2).map { URL(fileURLWithPath: $0).path }
let sides = Sides(guests: paths[0], program: paths[1], rounds: words.count > 2 ? Int(words[2]) ?? 5 : 5)
let wanted = words.dropFirst(3)
var rows = Rows(sides: sides)

rows.measure("clock", wanted) { try $0.clock() }
rows.measure("causes", wanted) { try $0.causes() }
rows.measure("decisions", wanted) { try $0.decisions() }
rows.measure("active", wanted) { try $0.active() }
rows.measure("scattered", wanted) { try $0.scattered() }
rows.measure("apart", wanted) { try $0.apart() }
rows.measure("pingpong", wanted) { try $0.pingpong() }
rows.measure("polling", wanted) { try $0.polling() }
rows.measure("echo", wanted) { try $0.echo() }
rows.measure("http", wanted) { try $0.http() }
rows.measure("processes", wanted) { try $0.processes() }
rows.measure("libraries", wanted) { try $0.libraries() }
rows.measure("idle", wanted) { try $0.idle() }
rows.measure("files", wanted) { try $0.files() }
rows.measure("compute", wanted) { try $0.compute() }
rows.measure("hello", wanted) { try $0.hello() }
rows.measure("lock", wanted) { try $0.lock() }
rows.measure("verdict", wanted) { try $0.verdict() }
rows.measure("pause", wanted) { try $0.pause() }
rows.measure("screen", wanted) { try $0.screen() }
rows.measure("still", wanted) { try $0.still() }

if !rows.table.missed.isEmpty {
    print("\nNot reached: " + rows.table.missed.joined(separator: "; "))
}
