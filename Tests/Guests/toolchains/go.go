// A program for Go's standard library: arguments, environment, files, directories, timers, goroutines, exit status.
// Usage: go STATUS [WORD...], in a directory it may write to, with GREETING in the environment
package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// kind names the error that a program would ask for.
func kind(err error) string {
	for _, known := range []error{fs.ErrExist, fs.ErrNotExist, fs.ErrPermission, fs.ErrClosed, os.ErrDeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return fmt.Sprint(err)
}

func lines() {
	file, err := os.Create("tree/lines.txt")
	check(err)
	out := bufio.NewWriter(file)
	for number := 0; number < 10000; number++ {
		fmt.Fprintln(out, "line", number)
	}
	check(out.Flush())
	_, err = file.Seek(0, io.SeekStart)
	check(err)
	sum := 0
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		number, err := strconv.Atoi(strings.Fields(scanner.Text())[1])
		check(err)
		sum += number
	}
	middle := make([]byte, 9)
	_, err = file.ReadAt(middle, 590)
	check(err)
	check(file.Truncate(1000))
	status, err := file.Stat()
	check(err)
	end, err := file.Seek(-4, io.SeekEnd)
	fmt.Printf("sum %d, middle %q, cut to %d, four before the end at %d %v\n", sum, middle, status.Size(), end, err)
	check(file.Close())
	_, err = file.Write(middle)
	fmt.Println("after close:", kind(err))

	more, err := os.OpenFile("tree/lines.txt", os.O_APPEND|os.O_WRONLY, 0)
	check(err)
	_, err = more.WriteString("the end\n")
	check(err)
	_, err = more.Read(middle)
	fmt.Println("reading what is open for writing fails:", err != nil)
	check(more.Close())
	text, err := os.ReadFile("tree/lines.txt")
	check(err)
	fmt.Printf("%d bytes, %x\n", len(text), sha256.Sum256(text))
}

func tree() {
	check(os.Mkdir("tree", 0o755))
	fmt.Println("again:", kind(os.Mkdir("tree", 0o755)))
	lines()
	check(os.MkdirAll("tree/a/b/c", 0o755))
	for number := 0; number < 200; number++ {
		check(os.WriteFile(fmt.Sprintf("tree/a/b/%03d", number), make([]byte, number), 0o644))
	}
	check(os.Rename("tree/a/b/007", "tree/a/moved"))
	check(os.Symlink("moved", "tree/a/link"))
	check(os.Link("tree/a/moved", "tree/a/hard"))
	target, err := os.Readlink("tree/a/link")
	check(err)
	one, err := os.Stat("tree/a/link")
	check(err)
	other, err := os.Stat("tree/a/hard")
	check(err)
	itself, err := os.Lstat("tree/a/link")
	check(err)
	fmt.Println("link to", target, "- the same file:", os.SameFile(one, other), "- a link:", itself.Mode().Type() == fs.ModeSymlink)
	then := time.Date(2001, 2, 3, 4, 5, 6, 7890, time.UTC)
	check(os.Chtimes("tree/a/moved", then, then))
	one, err = os.Stat("tree/a/moved")
	check(err)
	fmt.Println("modified:", one.ModTime().UTC())

	count, size := 0, int64(0)
	check(filepath.WalkDir("tree", func(path string, entry fs.DirEntry, err error) error {
		check(err)
		status, err := entry.Info()
		check(err)
		if status.Mode().IsRegular() {
			count++
			size += status.Size()
		}
		return nil
	}))
	fmt.Println(count, "files of", size, "bytes")
	entries, err := os.ReadDir("tree/a")
	check(err)
	for _, entry := range entries {
		fmt.Println("-", entry.Name(), entry.Type())
	}
	_, err = os.Open("tree/missing")
	fmt.Println("missing:", kind(err))
	fmt.Println("not empty:", os.Remove("tree/a") != nil)
	check(os.RemoveAll("tree"))
	_, err = os.Stat("tree")
	fmt.Println("gone:", kind(err))
}

func packed() {
	file, err := os.CreateTemp(".", "packed-*")
	check(err)
	defer os.Remove(file.Name())
	writer := gzip.NewWriter(file)
	for number := 0; number < 50000; number++ {
		fmt.Fprint(writer, number, " ")
	}
	check(writer.Close())
	_, err = file.Seek(0, io.SeekStart)
	check(err)
	reader, err := gzip.NewReader(file)
	check(err)
	hash := sha256.New()
	size, err := io.Copy(hash, reader)
	check(err)
	fmt.Printf("unpacked %d bytes, %x\n", size, hash.Sum(nil))
	check(file.Close())
}

func timers() {
	start := time.Now()
	<-time.After(20 * time.Millisecond)
	fmt.Println("slept:", time.Since(start) >= 20*time.Millisecond)
	ticker := time.NewTicker(5 * time.Millisecond)
	for tick := 0; tick < 5; tick++ {
		<-ticker.C
	}
	ticker.Stop()
	fmt.Println("five ticks:", time.Since(start) >= 45*time.Millisecond)

	limited, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	select {
	case <-limited.Done():
		fmt.Println("limit:", limited.Err())
	case <-time.After(time.Minute):
		fmt.Println("no limit")
	}
	var order []string
	var lock sync.Mutex
	var group sync.WaitGroup
	for _, wait := range []time.Duration{60, 20, 40} {
		group.Add(1)
		time.AfterFunc(wait*time.Millisecond, func() {
			defer group.Done()
			lock.Lock()
			defer lock.Unlock()
			order = append(order, fmt.Sprint(int64(wait)))
		})
	}
	never := time.AfterFunc(time.Hour, func() { panic("too early") })
	group.Wait()
	fmt.Println("in order:", strings.Join(order, " "), "stopped:", never.Stop())
	fmt.Println("this century:", time.Now().Unix() > 946_684_800)
}

func goroutines() {
	work, results := make(chan int), make(chan int)
	var workers sync.WaitGroup
	for worker := 0; worker < 100; worker++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for number := range work {
				results <- number * number
			}
		}()
	}
	go func() {
		for number := 0; number < 10000; number++ {
			work <- number
		}
		close(work)
		workers.Wait()
		close(results)
	}()
	sum := 0
	for square := range results {
		sum += square
	}
	fmt.Println("sum of squares:", sum)
}

func main() {
	fmt.Printf("arguments: %q\n", os.Args[1:])
	greeting, found := os.LookupEnv("GREETING")
	_, other := os.LookupEnv("NOT_THERE")
	fmt.Printf("greeting: %q %v, other: %v\n", greeting, found, other)
	names := []string{}
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "GREET") {
			names = append(names, variable)
		}
	}
	sort.Strings(names)
	fmt.Println(names)
	tree()
	packed()
	timers()
	goroutines()
	status, _ := strconv.Atoi(os.Args[1])
	os.Exit(status)
}
