extension IoVectors {
    /// What is left after the first `count` bytes. The vectors themselves are changed: they are the calling thread's.
    func dropping(_ count: Int) -> IoVectors {
        var first = 0
        var skip = count
        while first < self.count, skip >= base[first].iov_len {
            skip -= base[first].iov_len
            first += 1
        }
        if skip > 0 {
            base[first].iov_base += skip
            base[first].iov_len -= skip
        }
        return IoVectors(base: base + first, count: self.count - first, total: total - count)
    }
}
