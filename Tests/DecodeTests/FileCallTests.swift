import Decode
import Testing
import Trace
import WasixABI

@Suite struct FileCallTests {
    @Test func writeShowsItsBuffersAndTheDescriptor() {
        let record = RecordBuilder(.fdWrite, [9, 0x1000, 1, 0x2000]).objects(4).result(6)
            .keepVectors("iovs", [(6, "hello\n")])
        #expect(
            record.line(objects: [4: "tcp 127.0.0.1:41826"])
                == #"fd_write(9<tcp 127.0.0.1:41826>, [{"hello\n", 6}]) = 6"#)
    }

    @Test func readShowsOnlyWhatArrived() {
        let record = RecordBuilder(.fdRead, [0, 0x1000, 2, 0x2000]).result(3)
            .keepVectors("iovs", [(4096, "abcdef"), (16, "stale")])
        #expect(record.line() == #"fd_read(0, [{"abc", 4096}, 16 B]) = 3"#)
    }

    @Test func wouldBlockShowsNoResult() {
        let record = RecordBuilder(.fdRead, [10, 0x1000, 1, 0x2000], errno: .again).objects(7)
            .keepVectors("iovs", [(4096, "")])
        #expect(record.line(objects: [7: "pipe r"]) == "fd_read(10<pipe r>, [4096 B]) = EAGAIN")
    }

    @Test func buffersThatWereNotKeptAreAddresses() {
        let record = RecordBuilder(.fdWrite, [1, 0x1000, 2, 0x2000]).result(6)
        #expect(record.line() == "fd_write(1, 0x1000, iovs_len=2) = 6")
    }

    @Test func longBuffersAreCut() {
        let record = RecordBuilder(.fdWrite, [1, 0x1000, 1, 0x2000]).result(500).keepVectors("iovs", [(500, "abc")])
        #expect(record.line() == #"fd_write(1, [{"abc"..., 500}]) = 500"#)
    }

    @Test func positionedReadsAndWrites() {
        let read = RecordBuilder(.fdPread, [5, 0x1000, 1, 0x1_0000_0000, 0x2000]).result(2)
            .keepVectors("iovs", [(2, "ab")])
        #expect(read.line() == #"fd_pread(5, [{"ab", 2}], offset=4294967296) = 2"#)
        let write = RecordBuilder(.fdPwrite, [5, 0x1000, 0, 7, 0x2000], errno: .spipe)
        #expect(write.line() == "fd_pwrite(5, [], offset=7) = ESPIPE")
    }

    @Test func seekNamesWhenceByItsSnapshot() {
        let offset = UInt64(bitPattern: -3)
        let seek = RecordBuilder(.fdSeek, [5, offset, 2, 0x2000]).keep("newoffset", number: 97, size: 8)
        #expect(seek.line() == "fd_seek(5, offset=-3, SEEK_END) = 97")
        let old = RecordBuilder(.fdSeekUnstable, [5, offset, 2, 0x2000], errno: .inval)
        #expect(old.line() == "fd_seek(5, offset=-3, SEEK_SET) = EINVAL")
    }

    @Test func closeOfAWrongDescriptor() {
        #expect(RecordBuilder(.fdClose, [99], errno: .badf).line() == "fd_close(99) = EBADF")
        #expect(RecordBuilder(.fdClose, [0xffff_ffff], errno: .badf).line() == "fd_close(-1) = EBADF")
    }

    @Test func descriptorStatusNamesTypeFlagsAndRights() {
        let bytes = structure(24, [(0, UInt8(2)), (2, UInt16(5)), (8, UInt64(0b1000010)), (16, Rights.known.rawValue)])
        let record = RecordBuilder(.fdFdstatGet, [1, 0x1000]).keep("buf", bytes)
        #expect(
            record.line()
                == "fd_fdstat_get(1, {filetype=CHARACTER_DEVICE, flags=O_APPEND|O_NONBLOCK, "
                + "rights_base=FD_READ|FD_WRITE, rights_inheriting=ALL}) = 0")
        let failed = RecordBuilder(.fdFdstatGet, [1, 0x1000], errno: .badf)
        #expect(failed.line() == "fd_fdstat_get(1, 0x1000) = EBADF")
    }

    @Test func flagsThatAreNotKnownShowTheirBits() {
        #expect(
            RecordBuilder(.fdFdstatSetFlags, [3, 0x104]).line()
                == "fd_fdstat_set_flags(3, flags=O_NONBLOCK|0x100 /* ??? */) = 0")
        #expect(RecordBuilder(.fdFdstatSetFlags, [3, 0]).line() == "fd_fdstat_set_flags(3, flags=0) = 0")
        #expect(RecordBuilder(.fdFdflagsSet, [3, 1]).line() == "fd_fdflags_set(3, flags=FD_CLOEXEC) = 0")
    }

    @Test func rightsWithAFewMissingNameTheMissingOnes() {
        let rights = ~(Rights.fdSeek.rawValue | Rights.fdTell.rawValue)
        #expect(
            RecordBuilder(.fdFdstatSetRights, [3, rights, 0]).line()
                == "fd_fdstat_set_rights(3, base=~(FD_SEEK|FD_TELL), inheriting=0) = 0")
        #expect(
            RecordBuilder(.fdFdstatSetRights, [3, .max, 2], errno: .notcapable).line()
                == "fd_fdstat_set_rights(3, base=ALL, inheriting=FD_READ) = ENOTCAPABLE")
    }

    @Test func fileStatusIsShortUnlessVerbose() {
        let fields: [(Int, any FixedWidthInteger)] = [
            (0, UInt64(2049)), (8, UInt64(77)), (16, UInt8(4)), (24, UInt64(1)), (32, UInt64(1234)),
            (40, UInt64(1_500_000_000)), (48, UInt64(2_000_000_000)), (56, UInt64(0)),
        ]
        let record = RecordBuilder(.fdFilestatGet, [4, 0x1000]).keep("buf", structure(64, fields))
        #expect(record.line() == "fd_filestat_get(4, {filetype=REGULAR_FILE, size=1234, ...}) = 0")
        var options = DecodeOptions()
        options.isVerbose = true
        #expect(
            record.line(options: options)
                == "fd_filestat_get(4, {dev=2049, ino=77, filetype=REGULAR_FILE, nlink=1, size=1234, atim=1.5, mtim=2, "
                + "ctim=0}) = 0")
    }

    @Test func snapshot0StatusHasItsOwnLayout() {
        let bytes = structure(56, [(16, UInt8(3)), (20, UInt32(2)), (24, UInt64(4096))])
        let record = RecordBuilder(.pathFilestatGetUnstable, [3, 1, 0x100, 1, 0x200])
            .keep("path", ".").keep("buf", bytes)
        #expect(
            record.line()
                == #"path_filestat_get(3, dirflags=SYMLINK_FOLLOW, ".", {filetype=DIRECTORY, size=4096, ...}) = 0"#)
    }

    @Test func openShowsPathFlagsRightsAndTheNewDescriptor() {
        let record = RecordBuilder(.pathOpen2, [3, 1, 0x100, 8, 9, 0x42, 0, 1, 1, 0x200]).objects(1).result(7)
            .keep("path", "data/log")
        #expect(
            record.line(objects: [1: "dir /"])
                == #"path_open2(3<dir />, dirflags=SYMLINK_FOLLOW, "data/log", oflags=O_CREAT|O_TRUNC, "#
                + "rights_base=FD_READ|FD_WRITE, rights_inheriting=0, fdflags=O_APPEND, fdflagsext=FD_CLOEXEC, "
                + "ret_fd=7) = 0")
        let missing = RecordBuilder(.pathOpen, [3, 0, 0x100, 4, 2, 0, 0, 0, 0x200], errno: .noent).keep("path", "nope")
        #expect(
            missing.line()
                == #"path_open(3, dirflags=0, "nope", oflags=O_DIRECTORY, rights_base=0, rights_inheriting=0, "#
                + "fdflags=0) = ENOENT")
    }

    @Test func pathsAreEscaped() {
        let record = RecordBuilder(.pathUnlinkFile, [3, 0x100, 9], errno: .noent)
            .keep("path", "a\"b\\\u{1b}[\u{e4}")
        #expect(record.line() == #"path_unlink_file(3, "a\"b\\\x1b[\xc3\xa4") = ENOENT"#)
    }

    @Test func twoPathsAndTwoDescriptors() {
        let rename = RecordBuilder(.pathRename, [3, 0x100, 1, 4, 0x200, 1]).objects(1, 2)
            .keep("old_path", "a").keep("new_path", "b")
        #expect(
            rename.line(objects: [1: "dir /", 2: "dir /tmp"]) == #"path_rename(3<dir />, "a", 4<dir /tmp>, "b") = 0"#)
        let link = RecordBuilder(.pathSymlink, [0x100, 1, 3, 0x200, 1]).keep("old_path", "a").keep("new_path", "b")
        #expect(link.line() == #"path_symlink("a", 3, "b") = 0"#)
    }

    @Test func readlinkShowsAsMuchAsItWrote() {
        let record = RecordBuilder(.pathReadlink, [3, 0x100, 2, 0x200, 256, 0x300]).result(6)
            .keep("path", "ln").keep("buf", "targetXX", total: 256)
        #expect(record.line() == #"path_readlink(3, "ln", "target", buf_len=256) = 6"#)
    }

    @Test func directoryEntriesArePacked() {
        func entry(_ inode: UInt64, _ type: UInt8, _ name: String) -> [UInt8] {
            structure(24, [(8, inode), (16, UInt32(name.utf8.count)), (20, type)]) + Array(name.utf8)
        }
        let entries = entry(5, 3, ".") + entry(9, 4, "file")
        let record = RecordBuilder(.fdReaddir, [4, 0x100, 4096, 0, 0x200]).result(UInt32(entries.count))
            .keep("buf", entries, total: 4096)
        #expect(
            record.line()
                == #"fd_readdir(4, [{d_ino=5, d_type=DIRECTORY, d_name="."}, "#
                + #"{d_ino=9, d_type=REGULAR_FILE, d_name="file"}], buf_len=4096, cookie=0) = 53"#)
        let cut = RecordBuilder(.fdReaddir, [4, 0x100, 4096, 0, 0x200]).result(UInt32(entries.count))
            .keep("buf", Array(entries.prefix(40)), total: 4096)
        #expect(cut.line().contains(#"[{d_ino=5, d_type=DIRECTORY, d_name="."}, ...]"#))
    }

    @Test func preopensAndWorkingDirectory() {
        let prestat = RecordBuilder(.fdPrestatGet, [3, 0x100]).keep("buf", [0, 0, 0, 0, 5, 0, 0, 0])
        #expect(prestat.line() == "fd_prestat_get(3, {tag=DIR, pr_name_len=5}) = 0")
        let name = RecordBuilder(.fdPrestatDirName, [3, 0x100, 5]).keep("path", "/data")
        #expect(name.line() == #"fd_prestat_dir_name(3, "/data", len=5) = 0"#)
        let cwd = RecordBuilder(.getcwd, [0x100, 0x200]).result(6).keep("path", "/work\0", total: 1024)
        #expect(cwd.line() == #"getcwd("/work\0", path_len=6) = 0"#)
        let small = RecordBuilder(.getcwd, [0, 0x200], errno: .range).result(6)
        #expect(small.line() == "getcwd(NULL, path_len=6) = ERANGE")
        #expect(RecordBuilder(.chdir, [0x100, 0], errno: .noent).line() == #"chdir("") = ENOENT"#)
    }

    @Test func duplicatesAndRenumbering() {
        let dup = RecordBuilder(.fdDup2, [3, 10, 1, 0x100]).objects(1).result(10)
        #expect(dup.line(objects: [1: "epoll"]) == "fd_dup2(3<epoll>, min_fd=10, cloexec=true) = 10")
        #expect(RecordBuilder(.fdRenumber, [5, 1]).line() == "fd_renumber(5, 1) = 0")
        let pipe = RecordBuilder(.fdPipe, [0x100, 0x104]).result(5).keep("ret_write", number: 6, size: 4)
        #expect(pipe.line() == "fd_pipe(ret_read=5, ret_write=6) = 0")
        #expect(
            RecordBuilder(.fdEvent, [3, 5, 0x100]).result(7).line()
                == "fd_event(initial=3, flags=EFD_SEMAPHORE|EFD_NONBLOCK) = 7")
    }
}
