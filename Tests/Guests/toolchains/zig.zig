//! A program for Zig's standard library: arguments, environment, files, clocks, exit status.
//! Usage: zig STATUS [WORD...], in a directory it may write to, with GREETING in the environment

const std = @import("std");

fn files(out: anytype, allocator: std.mem.Allocator) !void {
    const here = std.fs.cwd();
    try here.makeDir("tree");
    if (here.makeDir("tree")) |_| {} else |problem| try out.print("again: {s}\n", .{@errorName(problem)});
    var tree = try here.openDir("tree", .{ .iterate = true });

    const file = try tree.createFile("lines.txt", .{ .read = true });
    for (0..1000) |number| try file.writer().print("line {d}\n", .{number});
    try file.seekTo(0);
    const text = try file.readToEndAlloc(allocator, 1 << 20);
    try out.print("{d} bytes, checksum {x}\n", .{ text.len, std.hash.Crc32.hash(text) });
    var middle: [8]u8 = undefined;
    const count = try file.preadAll(&middle, 700);
    try out.print("in the middle: {d} bytes, {x}\n", .{ count, std.hash.Crc32.hash(&middle) });
    try file.setEndPos(40);
    try out.print("cut to {d}, {s}\n", .{ (try file.stat()).size, @tagName((try file.stat()).kind) });
    file.close();

    try tree.rename("lines.txt", "renamed.txt");
    try tree.makeDir("below");
    var names = std.ArrayList([]const u8).init(allocator);
    var iterator = tree.iterate();
    while (try iterator.next()) |entry| {
        try names.append(try std.fmt.allocPrint(allocator, "{s} {s}", .{ entry.name, @tagName(entry.kind) }));
    }
    std.mem.sort([]const u8, names.items, {}, struct {
        fn before(_: void, left: []const u8, right: []const u8) bool {
            return std.mem.lessThan(u8, left, right);
        }
    }.before);
    for (names.items) |name| try out.print("- {s}\n", .{name});
    if (tree.openFile("lines.txt", .{})) |_| {} else |problem| try out.print("old name: {s}\n", .{@errorName(problem)});
    tree.close();
    try here.deleteTree("tree");
    if (here.access("tree", .{})) |_| {} else |problem| try out.print("afterwards: {s}\n", .{@errorName(problem)});
}

fn clocks(out: anytype) !void {
    var timer = try std.time.Timer.start();
    std.time.sleep(20 * std.time.ns_per_ms);
    try out.print("slept: {}\n", .{timer.read() >= 20 * std.time.ns_per_ms});
    try out.print("this century: {}\n", .{std.time.timestamp() > 946_684_800});
}

pub fn main() !void {
    var arena = std.heap.ArenaAllocator.init(std.heap.page_allocator);
    const allocator = arena.allocator();
    const out = std.io.getStdOut().writer();
    const arguments = try std.process.argsAlloc(allocator);
    for (arguments[1..]) |word| try out.print("[{s}]", .{word});
    const environment = try std.process.getEnvMap(allocator);
    try out.print("\ngreeting: {?s}, other: {?s}\n", .{ environment.get("GREETING"), environment.get("NOT_THERE") });
    try files(out, allocator);
    try clocks(out);
    std.process.exit(try std.fmt.parseInt(u8, arguments[1], 10));
}
